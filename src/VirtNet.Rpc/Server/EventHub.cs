using System.Threading.Channels;
using VirtNet.Rpc.Driver;

namespace VirtNet.Rpc.Server;

/// <summary>
/// Tells clients of events, in the order of their source. Who publishes only leaves the event in a queue, so that no
/// number of clients holds up a network or a guest; one task takes events from there. A client is told of what was
/// published after its registration, and of nothing after the registration's end was confirmed.
/// </summary>
internal sealed class EventHub : IDisposable
{
    private readonly EventRegistrations _registrations = new();
    private readonly Channel<PublishedEvent> _queue =
        Channel.CreateUnbounded<PublishedEvent>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Lock _publishing = new(); // the last of all locks: nothing is called while it is held
    private readonly Lock _following = new();
    private readonly IDisposable _source;
    private readonly ILeaseEventSource _leases;
    private IDisposable? _leaseSubscription;
    private long _published;
    private int _waitingLeases;
    private bool _leasesLost;

    public EventHub(INetworkEventSource source, ILeaseEventSource leases)
    {
        _source = source.Subscribe(Publish);
        _leases = leases;
        _ = Task.Run(DeliverAsync); // ends with the hub, and does not fail
    }

    /// <summary>Gives the callback id, unique within the server.</summary>
    /// <param name="network">Only events of this network's UUID; null for all.</param>
    public int Register(IEventSink sink, UserShare share, int eventId, NetworkRef? network)
    {
        if (eventId is not (EventTopic.LifecycleId or EventTopic.MetadataChangeId))
        {
            throw ServerErrors.UnsupportedEvent(eventId);
        }

        return _registrations.Add(sink, share, new EventTopic(eventId, network?.Uuid), Volatile.Read(ref _published));
    }

    /// <summary>The same for leases, which only virtnet's own clients know of.</summary>
    public int RegisterLeases(IEventSink sink, UserShare share, NetworkRef? network)
    {
        int callbackId = _registrations.Add(
            sink, share, new EventTopic(EventTopic.LeaseId, network?.Uuid), Volatile.Read(ref _published));
        FollowLeases();
        return callbackId;
    }

    public void Deregister(IEventSink sink, int callbackId)
    {
        if (!_registrations.TryRemove(sink, callbackId))
        {
            throw ServerErrors.NoSuchCallback(callbackId);
        }

        FollowLeases();
    }

    /// <summary>The client is gone.</summary>
    public void Remove(IEventSink sink)
    {
        _registrations.RemoveAll(sink);
        FollowLeases();
    }

    public void Dispose()
    {
        _source.Dispose();
        lock (_following)
        {
            _leaseSubscription?.Dispose();
            _leaseSubscription = null;
        }

        _queue.Writer.TryComplete();
    }

    /// <summary>Listens to the leases exactly while somebody wants to know.</summary>
    private void FollowLeases()
    {
        lock (_following)
        {
            bool wanted = _registrations.WantLeases;
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
    }

    /// <summary>Called with locks of the source held.</summary>
    private void Publish(NetworkEvent happened)
    {
        lock (_publishing)
        {
            // Operations on networks are bounded by the clients that ask for them; leases come as fast as guests do.
            if (happened is NetworkEvent.LeaseChanged && _waitingLeases++ >= ServerLimits.QueuedLeaseEvents)
            {
                _waitingLeases--;
                _leasesLost = true;
                return;
            }

            _queue.Writer.TryWrite(new PublishedEvent(happened, ++_published));
        }
    }

    private async Task DeliverAsync()
    {
        await foreach (PublishedEvent published in _queue.Reader.ReadAllAsync())
        {
            _registrations.Tell(published);
            if (published.Event is NetworkEvent.LeaseChanged && TakeLease())
            {
                _registrations.DropLeaseFollowers("leases change faster than clients can be told");
            }
        }
    }

    /// <summary>True when some could not be queued since the last time.</summary>
    private bool TakeLease()
    {
        lock (_publishing)
        {
            _waitingLeases--;
            bool lost = _leasesLost;
            _leasesLost = false;
            return lost;
        }
    }
}

/// <param name="Number">Counts all that was published.</param>
internal readonly record struct PublishedEvent(NetworkEvent Event, long Number);
