using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server;

/// <summary>Who takes events: a client's connection, a fake in tests. Must not block.</summary>
internal interface IEventSink
{
    void Send(OutgoingPacket packet);
}

/// <summary>
/// The event registrations of all clients. Events keep the order of their source, and none is sent after its
/// registration's end was confirmed: registering, ending and publishing exclude each other.
/// </summary>
internal sealed class EventHub : IDisposable
{
    private const int LifecycleId = 0;
    private const int MetadataChangeId = 1;

    private readonly Lock _lock = new();
    private readonly Dictionary<Topic, SortedList<int, IEventSink>> _targets = [];
    private readonly Dictionary<IEventSink, Dictionary<Topic, int>> _callbacks = [];
    private readonly IDisposable _source;
    private int _nextCallbackId;

    public EventHub(INetworkEventSource source) => _source = source.Subscribe(Publish);

    /// <summary>Gives the callback id, unique within the server.</summary>
    /// <param name="network">Only events of this network's UUID; null for all.</param>
    public int Register(IEventSink sink, int eventId, NetworkRef? network)
    {
        if (eventId is not (LifecycleId or MetadataChangeId))
        {
            throw ServerErrors.UnsupportedEvent(eventId);
        }

        Topic topic = new(eventId, network?.Uuid);
        lock (_lock)
        {
            if (!_callbacks.TryGetValue(sink, out Dictionary<Topic, int>? callbacks))
            {
                _callbacks.Add(sink, callbacks = []);
            }

            if (callbacks.Count >= ServerLimits.Registrations)
            {
                throw ServerErrors.TooManyCallbacks();
            }

            if (!callbacks.TryAdd(topic, _nextCallbackId))
            {
                throw ServerErrors.CallbackExists();
            }

            if (!_targets.TryGetValue(topic, out SortedList<int, IEventSink>? targets))
            {
                _targets.Add(topic, targets = []);
            }

            targets.Add(_nextCallbackId, sink);
            return _nextCallbackId++;
        }
    }

    public void Deregister(IEventSink sink, int callbackId)
    {
        lock (_lock)
        {
            if (!_callbacks.TryGetValue(sink, out Dictionary<Topic, int>? callbacks)
                || !TryFind(callbacks, callbackId, out Topic topic))
            {
                throw ServerErrors.NoSuchCallback(callbackId);
            }

            callbacks.Remove(topic);
            RemoveTarget(topic, callbackId);
        }
    }

    /// <summary>The client is gone.</summary>
    public void Remove(IEventSink sink)
    {
        lock (_lock)
        {
            if (_callbacks.Remove(sink, out Dictionary<Topic, int>? callbacks))
            {
                foreach ((Topic topic, int callbackId) in callbacks)
                {
                    RemoveTarget(topic, callbackId);
                }
            }
        }
    }

    public void Dispose() => _source.Dispose();

    private static bool TryFind(Dictionary<Topic, int> callbacks, int callbackId, out Topic topic)
    {
        foreach ((Topic candidate, int id) in callbacks)
        {
            if (id == callbackId)
            {
                topic = candidate;
                return true;
            }
        }

        topic = default;
        return false;
    }

    private void RemoveTarget(Topic topic, int callbackId)
    {
        SortedList<int, IEventSink> targets = _targets[topic];
        targets.Remove(callbackId);
        if (targets.Count == 0)
        {
            _targets.Remove(topic);
        }
    }

    private void Publish(NetworkEvent published)
    {
        int eventId = published is NetworkEvent.Lifecycle ? LifecycleId : MetadataChangeId;
        lock (_lock)
        {
            SendTo(new Topic(eventId, Network: null), published);
            SendTo(new Topic(eventId, published.Network.Uuid), published);
        }
    }

    private void SendTo(Topic topic, NetworkEvent published)
    {
        if (!_targets.TryGetValue(topic, out SortedList<int, IEventSink>? targets))
        {
            return;
        }

        foreach ((int callbackId, IEventSink sink) in targets)
        {
            if (TryEncode(published, callbackId, out OutgoingPacket packet))
            {
                sink.Send(packet);
            }
        }
    }

    private static bool TryEncode(NetworkEvent published, int callbackId, out OutgoingPacket packet)
    {
        switch (published)
        {
            case NetworkEvent.Lifecycle e:
                LifecycleMessage lifecycle = new(callbackId, e.Network, (int)e.Change);
                return OutgoingPacket.TryEncode(Header(RemoteProcedures.LifecycleEvent), lifecycle, out packet);
            case NetworkEvent.MetadataChanged e:
                MetadataChangeMessage change = new(callbackId, e.Network, e.Type, e.NamespaceUri);
                return OutgoingPacket.TryEncode(Header(RemoteProcedures.MetadataChangeEvent), change, out packet);
            default:
                throw new ArgumentException($"unknown event {published.GetType().Name}", nameof(published));
        }
    }

    /// <summary>Stock numbers its events 1, all of them.</summary>
    private static PacketHeader Header(int procedure) =>
        new(RpcPrograms.Remote, RpcPrograms.Version, procedure, PacketType.Message, Serial: 1, PacketStatus.Ok);

    /// <summary>What a registration is for; one connection has each at most once.</summary>
    private readonly record struct Topic(int EventId, Guid? Network);
}
