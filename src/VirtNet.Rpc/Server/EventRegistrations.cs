using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server;

/// <summary>
/// Who wants to be told of what. To register and to end a registration cost the same however many there are; to tell
/// costs as much as there are registrations for just this event.
/// </summary>
internal sealed class EventRegistrations
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EventTopic, Dictionary<int, Registration>> _byTopic = [];
    private readonly Dictionary<IEventSink, Client> _clients = [];
    private int _leaseRegistrations;
    private int _nextCallbackId;

    public bool WantLeases
    {
        get
        {
            lock (_lock)
            {
                return _leaseRegistrations > 0;
            }
        }
    }

    /// <param name="published">The number of the last event that it is not to be told of.</param>
    public int Add(IEventSink sink, UserShare share, EventTopic topic, long published)
    {
        lock (_lock)
        {
            if (!_clients.TryGetValue(sink, out Client? client))
            {
                _clients.Add(sink, client = new Client(share));
            }

            if (client.ByTopic.ContainsKey(topic))
            {
                throw ServerErrors.CallbackExists();
            }

            if (client.ByTopic.Count >= ServerLimits.Registrations)
            {
                throw ServerErrors.TooManyCallbacks();
            }

            if (!share.TryRegister())
            {
                throw ServerErrors.TooManyCallbacksOfUser(share.UserId, share.Limits.Registrations);
            }

            Registration registration = new(_nextCallbackId++, topic, sink, published);
            client.ByTopic.Add(topic, registration);
            client.ById.Add(registration.Id, registration);
            if (!_byTopic.TryGetValue(topic, out Dictionary<int, Registration>? targets))
            {
                _byTopic.Add(topic, targets = []);
            }

            targets.Add(registration.Id, registration);
            _leaseRegistrations += topic.EventId == EventTopic.LeaseId ? 1 : 0;
            return registration.Id;
        }
    }

    /// <summary>False when the client has no such registration.</summary>
    public bool TryRemove(IEventSink sink, int callbackId)
    {
        lock (_lock)
        {
            if (!_clients.TryGetValue(sink, out Client? client)
                || !client.ById.Remove(callbackId, out Registration? registration))
            {
                return false;
            }

            client.ByTopic.Remove(registration.Topic);
            client.Share.Deregister(1);
            RemoveTarget(registration);
            return true;
        }
    }

    public void RemoveAll(IEventSink sink)
    {
        lock (_lock)
        {
            if (_clients.Remove(sink, out Client? client))
            {
                client.Share.Deregister(client.ById.Count);
                foreach (Registration registration in client.ById.Values)
                {
                    RemoveTarget(registration);
                }
            }
        }
    }

    public void Tell(PublishedEvent published)
    {
        int eventId = EventTopic.IdOf(published.Event);
        bool encoded = false;
        OutgoingPacket packet = default;
        lock (_lock)
        {
            foreach (EventTopic topic in (ReadOnlySpan<EventTopic>)
                [new EventTopic(eventId, Network: null), new EventTopic(eventId, published.Event.Network.Uuid)])
            {
                if (!_byTopic.TryGetValue(topic, out Dictionary<int, Registration>? targets))
                {
                    continue;
                }

                if (!encoded && !EventTopic.TryEncode(published.Event, out packet))
                {
                    return;
                }

                encoded = true;
                foreach (Registration target in targets.Values)
                {
                    if (target.Published < published.Number)
                    {
                        // Every event's body begins with the id of the callback.
                        target.Sink.Send(packet.CopyWithInt32(PacketHeader.Size, target.Id));
                    }
                }
            }
        }

        if (encoded)
        {
            packet.Release();
        }
    }

    public void DropLeaseFollowers(string reason)
    {
        lock (_lock)
        {
            foreach ((IEventSink sink, Client client) in _clients)
            {
                if (client.ByTopic.Keys.Any(topic => topic.EventId == EventTopic.LeaseId))
                {
                    sink.Drop(reason);
                }
            }
        }
    }

    private void RemoveTarget(Registration registration)
    {
        _leaseRegistrations -= registration.Topic.EventId == EventTopic.LeaseId ? 1 : 0;
        Dictionary<int, Registration> targets = _byTopic[registration.Topic];
        targets.Remove(registration.Id);
        if (targets.Count == 0)
        {
            _byTopic.Remove(registration.Topic);
        }
    }

    private sealed record Registration(int Id, EventTopic Topic, IEventSink Sink, long Published);

    private sealed class Client(UserShare share)
    {
        public UserShare Share => share;

        public Dictionary<EventTopic, Registration> ByTopic { get; } = [];

        public Dictionary<int, Registration> ById { get; } = [];
    }
}
