using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Rpc.Driver;

namespace VirtNet.Rpc.Server.Connections;

/// <summary>
/// Serves libvirt's remote protocol, and virtnet's own program beside it, on any number of listening Unix sockets.
/// </summary>
/// <param name="authority">Asked about clients other than root; null lets everybody in who can connect.</param>
public sealed class RpcServer(
    RpcServerOptions options,
    INetworkDriver driver,
    INetworkEventSource events,
    ILeaseEventSource leaseEvents,
    IInterfaceDriver interfaces,
    IVirtNetExtensions extensions,
    TimeProvider timeProvider,
    ILogger<RpcServer> logger,
    IClientAuthority? authority = null) : IDisposable
{
    private readonly ServerServices _services =
        new(options, driver, events, leaseEvents, interfaces, extensions, timeProvider, logger, authority);

    private readonly Dispatcher _dispatcher = new(ServedProcedures.Table(), logger);

    private readonly ConcurrentDictionary<ClientListener, Socket> _listeners = new();

    /// <summary>How many clients are connected, on all sockets together.</summary>
    public int ClientCount => _listeners.Keys.Sum(listener => listener.Count);

    /// <summary>Calls of clients so far, failures included.</summary>
    public long Calls => _dispatcher.Calls;

    /// <summary>Calls that were answered with an error.</summary>
    public long Failures => _dispatcher.Failures;

    /// <summary>
    /// Serves the clients of one listening socket until cancelled; then reads no further calls, lets those that run end
    /// for at most <see cref="RpcServerOptions.DrainTimeout"/>, and returns when the last connection is closed. Changes
    /// that have begun by then are cancelled, and waited for at most <see cref="RpcServerOptions.AbortTimeout"/>. The
    /// socket stays the caller's; once that closes it, nobody is accepted any more, and those who are connected stay.
    /// </summary>
    /// <param name="readOnly">Refuse the calls that change something, whoever makes them.</param>
    public async Task RunAsync(Socket listener, bool readOnly, CancellationToken cancellationToken)
    {
        using ClientListener clients = new(listener, readOnly, _dispatcher, _services);
        _listeners[clients] = listener;
        try
        {
            await clients.RunAsync(cancellationToken);
        }
        finally
        {
            _listeners.TryRemove(clients, out _);
        }
    }

    /// <summary>To be called when every <see cref="RunAsync"/> has returned.</summary>
    public void Dispose() => _services.Dispose();
}
