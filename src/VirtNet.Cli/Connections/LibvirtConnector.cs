using VirtNet.Model;
using VirtNet.Rpc.Client;

namespace VirtNet.Cli.Connections;

/// <summary>Opens connections over libvirt's protocol; starts the daemon where nobody listens and it may be started.</summary>
/// <param name="starter">Null = never start one.</param>
internal sealed class LibvirtConnector(DaemonStarter? starter) : IDaemonConnector
{
    private const int NoEntry = 2;
    private const int ConnectionRefused = 111;

    /// <summary>Seconds; a timer takes no more than 32 bits of milliseconds.</summary>
    private const int MaxKeepaliveInterval = int.MaxValue / 1000;

    public async Task<IDaemonConnection> OpenAsync(ConnectionTarget target, CancellationToken cancellationToken)
    {
        LibvirtUri uri = LibvirtUri.Parse(target.Uri);
        LibvirtConnectionOptions options = new()
        {
            ReadOnly = target.ReadOnly,
            KeepAliveInterval = TimeSpan.FromSeconds(Math.Clamp(target.KeepaliveInterval, 0, MaxKeepaliveInterval)),
        };
        if (target.KeepaliveCount > 0)
        {
            options = options with { KeepAliveCount = target.KeepaliveCount };
        }

        try
        {
            return new LibvirtDaemonConnection(await LibvirtConnection.OpenAsync(uri, options, cancellationToken));
        }
        catch (VirtNetException e) when (target.IsDefault && starter is { MayStart: true } && NobodyListens(e))
        {
            await starter.StartAsync(uri.Socket!, cancellationToken);
            return new LibvirtDaemonConnection(await LibvirtConnection.OpenAsync(uri, options, cancellationToken));
        }
    }

    internal static bool NobodyListens(VirtNetException failure) =>
        failure.Code == VirErrorCode.SystemError && failure.Errno is NoEntry or ConnectionRefused;
}
