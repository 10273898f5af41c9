using System.Threading.Channels;
using VirtNet.Rpc.Driver;

namespace VirtNet.Rpc.Client;

/// <summary>
/// Events of one kind, in the order of the server, for one reader. The sequence ends when the connection ends or the
/// subscription is disposed, which tells the server to send no more.
/// </summary>
public sealed class NetworkEventSubscription : IAsyncEnumerable<NetworkEvent>, IAsyncDisposable
{
    private readonly Channel<NetworkEvent> _events =
        Channel.CreateUnbounded<NetworkEvent>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Func<NetworkEventSubscription, ValueTask> _unsubscribe;

    internal NetworkEventSubscription(
        NetworkEventKind kind, int callbackId, Func<NetworkEventSubscription, ValueTask> unsubscribe)
    {
        Kind = kind;
        CallbackId = callbackId;
        _unsubscribe = unsubscribe;
    }

    public NetworkEventKind Kind { get; }

    internal int CallbackId { get; }

    public IAsyncEnumerator<NetworkEvent> GetAsyncEnumerator(CancellationToken cancellationToken) =>
        _events.Reader.ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_events.Writer.TryComplete())
        {
            await _unsubscribe(this);
        }
    }

    internal void Post(NetworkEvent networkEvent) => _events.Writer.TryWrite(networkEvent);

    internal void End() => _events.Writer.TryComplete();
}
