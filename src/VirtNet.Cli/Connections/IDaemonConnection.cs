using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Connections;

/// <summary>An open connection to a network daemon: virtnetd, or a stock libvirt.</summary>
internal interface IDaemonConnection : IAsyncDisposable
{
    /// <summary>What it was opened with.</summary>
    string Uri { get; }

    INetworkDriver Networks { get; }

    /// <summary>virtnet's own calls; a stock libvirt refuses them (code 3).</summary>
    IVirtNetExtensions Extensions { get; }

    /// <summary>Ends, never failing, when the connection has ended, and says why.</summary>
    Task<ConnectionCloseReason> Closed { get; }

    /// <summary>The release of the daemon's library: major * 1,000,000 + minor * 1,000 + micro.</summary>
    Task<ulong> GetLibraryVersionAsync(CancellationToken cancellationToken);

    /// <summary>Registers for one kind of event; disposing takes the registration back.</summary>
    /// <param name="network">Null = of every network.</param>
    /// <param name="handler">Called in order, on any thread; must not block or throw.</param>
    Task<IAsyncDisposable> SubscribeAsync(
        NetworkEventKind kind, NetworkRef? network, Action<NetworkEvent> handler, CancellationToken cancellationToken);
}

/// <summary>Opens connections.</summary>
internal interface IDaemonConnector
{
    /// <exception cref="Model.VirtNetException">Nobody listens, or the daemon refuses.</exception>
    Task<IDaemonConnection> OpenAsync(ConnectionTarget target, CancellationToken cancellationToken);
}
