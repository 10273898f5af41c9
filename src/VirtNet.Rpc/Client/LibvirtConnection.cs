using System.Net.Sockets;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Client;

/// <summary>
/// A connection to virtnetd or to a stock libvirt daemon. All calls may be made at the same time from any thread.
/// Failures are <see cref="Model.VirtNetException"/>s with the server's code and text, or with libvirt.so's own when
/// the connection is the problem.
/// </summary>
public sealed partial class LibvirtConnection : INetworkDriver, IVirtNetExtensions, IAsyncDisposable
{
    /// <summary>How long a server may take to say goodbye.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly LibvirtConnectionOptions _options;
    private readonly ClientChannel _channel;
    private bool _isOpen;

    private LibvirtConnection(LibvirtUri uri, Socket socket, LibvirtConnectionOptions options)
    {
        Uri = uri;
        _options = options;
        _channel = new ClientChannel(socket, options.TimeProvider, DispatchEvent, EndSubscriptions);
    }

    /// <summary>What the connection was opened with.</summary>
    public LibvirtUri Uri { get; }

    /// <summary>Ends, never failing, when the connection has ended, and says why.</summary>
    public Task<ConnectionCloseReason> Closed => _channel.Closed;

    /// <summary>
    /// The server's driver: <c>network</c>, or the hypervisor's where an older libvirtd serves everything.
    /// </summary>
    public async Task<string> GetConnectionTypeAsync(CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.ConnectionType, Nothing.Value, cancellationToken)).Value;

    /// <summary>The release of the server's library: major * 1,000,000 + minor * 1,000 + micro.</summary>
    public async Task<ulong> GetLibraryVersionAsync(CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.LibraryVersion, Nothing.Value, cancellationToken)).Value;

    /// <summary>
    /// Takes leave of the server, so that it does not report a lost client, and closes the connection.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOpen && !Closed.IsCompleted)
        {
            await SayGoodbyeAsync();
        }

        await _channel.DisposeAsync();
    }

    private Task<TResult> CallAsync<TArguments, TResult>(
        Procedure<TArguments, TResult> procedure, TArguments arguments, CancellationToken cancellationToken)
        where TArguments : IXdrMessage<TArguments>
        where TResult : IXdrMessage<TResult> =>
        _channel.CallAsync(procedure, arguments, cancellationToken);
}
