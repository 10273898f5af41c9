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

    /// <summary>No id of libvirt's, so that no client can mean it by one.</summary>
    private const int LeaseId = int.MinValue;

    private readonly Lock _lock = new();
    private readonly Dictionary<Topic, SortedList<int, IEventSink>> _targets = [];
    private readonly Dictionary<IEventSink, Dictionary<Topic, int>> _callbacks = [];
    private readonly IDisposable _source;
    private readonly ILeaseEventSource _leases;
    private IDisposable? _leaseSubscription;
    private int _nextCallbackId;

    public EventHub(INetworkEventSource source, ILeaseEventSource leases)
    {
        _source = source.Subscribe(Publish);
        _leases = leases;
    }

    /// <summary>Gives the callback id, unique within the server.</summary>
    /// <param name="network">Only events of this network's UUID; null for all.</param>
    public int Register(IEventSink sink, int eventId, NetworkRef? network)
    {
        if (eventId is not (LifecycleId or MetadataChangeId))
        {
            throw ServerErrors.UnsupportedEvent(eventId);
        }

        return Add(sink, new Topic(eventId, network?.Uuid));
    }

    /// <summary>The same for leases, which only virtnet's own clients know of.</summary>
    public int RegisterLeases(IEventSink sink, NetworkRef? network) => Add(sink, new Topic(LeaseId, network?.Uuid));

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

    public void Dispose()
    {
        _source.Dispose();
        lock (_lock)
        {
            _leaseSubscription?.Dispose();
        }
    }

    private int Add(IEventSink sink, Topic topic)
    {
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
            FollowLeases();
            return _nextCallbackId++;
        }
    }

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
            FollowLeases();
        }
    }

    /// <summary>Listens to the leases exactly while somebody wants to know.</summary>
    private void FollowLeases()
    {
        bool wanted = _targets.Keys.Any(topic => topic.EventId == LeaseId);
        if (wanted && _leaseSubscription is null)
        {
            _leaseSubscription = _leases.Subscribe(Publish);
        }
        else if (!wanted)
        {
            _leaseSubscription?.Dispose();
            _leaseSubscription = null;
        }
    }

    private void Publish(NetworkEvent published)
    {
        int eventId = published switch
        {
            NetworkEvent.Lifecycle => LifecycleId,
            NetworkEvent.MetadataChanged => MetadataChangeId,
            _ => LeaseId,
        };
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
            case NetworkEvent.LeaseChanged e:
                LeaseEventMessage lease = new(callbackId, e.Network, (int)e.Change, e.Lease);
                return OutgoingPacket.TryEncode(
                    Header(VirtNetProcedures.LeaseEvent, RpcPrograms.VirtNet), lease, out packet);
            default:
                throw new ArgumentException($"unknown event {published.GetType().Name}", nameof(published));
        }
    }

    /// <summary>Stock numbers its events 1, all of them.</summary>
    private static PacketHeader Header(int procedure, uint program = RpcPrograms.Remote) =>
        new(program, RpcPrograms.Version, procedure, PacketType.Message, Serial: 1, PacketStatus.Ok);

    /// <summary>What a registration is for; one connection has each at most once.</summary>
    private readonly record struct Topic(int EventId, Guid? Network);
}
