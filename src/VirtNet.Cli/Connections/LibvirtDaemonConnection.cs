using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Connections;

/// <summary>A connection over libvirt's protocol.</summary>
internal sealed class LibvirtDaemonConnection(LibvirtConnection connection) : IDaemonConnection
{
    public string Uri => connection.Uri.Text;

    public INetworkDriver Networks => connection;

    public IVirtNetExtensions Extensions => connection;

    public Task<ConnectionCloseReason> Closed => connection.Closed;

    public Task<ulong> GetLibraryVersionAsync(CancellationToken cancellationToken) =>
        connection.GetLibraryVersionAsync(cancellationToken);

    public async Task<IAsyncDisposable> SubscribeAsync(
        NetworkEventKind kind, NetworkRef? network, Action<NetworkEvent> handler, CancellationToken cancellationToken)
    {
        NetworkEventSubscription subscription = await connection.SubscribeAsync(kind, network, cancellationToken);
        return new Pump(subscription, handler);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <summary>Carries events from a subscription to a handler until it is disposed.</summary>
    private sealed class Pump : IAsyncDisposable
    {
        private readonly NetworkEventSubscription _subscription;
        private readonly Task _running;

        public Pump(NetworkEventSubscription subscription, Action<NetworkEvent> handler)
        {
            _subscription = subscription;
            _running = RunAsync(handler);
        }

        public async ValueTask DisposeAsync()
        {
            await _subscription.DisposeAsync();
            await _running;
        }

        private async Task RunAsync(Action<NetworkEvent> handler)
        {
            await foreach (NetworkEvent happened in _subscription)
            {
                handler(happened);
            }
        }
    }
}
