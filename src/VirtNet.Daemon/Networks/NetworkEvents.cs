using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <summary>Passes events of networks on to whoever subscribed, in the order in which they were published.</summary>
internal sealed class NetworkEvents : INetworkEventSource
{
    private readonly Lock _lock = new();
    private Action<NetworkEvent>[] _handlers = [];

    public IDisposable Subscribe(Action<NetworkEvent> handler)
    {
        lock (_lock)
        {
            _handlers = [.. _handlers, handler];
        }

        return new Subscription(this, handler);
    }

    public void Publish(NetworkEvent happened)
    {
        foreach (Action<NetworkEvent> handler in Volatile.Read(ref _handlers))
        {
            handler(happened);
        }
    }

    private void Unsubscribe(Action<NetworkEvent> handler)
    {
        lock (_lock)
        {
            _handlers = [.. _handlers.Where(other => other != handler)];
        }
    }

    private sealed class Subscription(NetworkEvents hub, Action<NetworkEvent> handler) : IDisposable
    {
        public void Dispose() => hub.Unsubscribe(handler);
    }
}
