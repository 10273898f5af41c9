using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VirtNet.Model.Conditions;

namespace VirtNet.Services.Leases;

/// <summary>
/// The leases of all networks: held in memory, where they are looked up, and written behind by <see cref="LeaseWriter"/>.
/// Whoever tells a client about a lease does so from <see cref="WhenCommitted"/>.
/// </summary>
internal sealed class LeaseStore : ILeaseDirectory, IDisposable
{
    public const string FileName = "leases.db";

    /// <summary>No lease is given for less than twice this time, so that none can end unnoticed between two looks.</summary>
    private static readonly TimeSpan MaxSweepInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan MinSweepInterval = TimeSpan.FromSeconds(1);

    /// <summary>A look is two calls of stat(2); what it looks for is seen at each commit as well, and at the end.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, NetworkLeases> _networks = new();
    private readonly TimeProvider _clock;
    private readonly LeaseWriter _writer;
    private readonly ClockJumps _jumps;
    private readonly SharingLink _link;
    private readonly ITimer _sweep;
    private readonly ITimer _look;
    private readonly ILogger _logger;
    private readonly Lock _observing = new();
    private ILeaseObserver[] _observers = [];

    /// <summary>Opens <see cref="FileName"/> in a folder that exists, and brings back what is stored there.</summary>
    public LeaseStore(string folder, TimeProvider clock, ConditionBoard conditions, ILogger<LeaseStore> logger)
    {
        _clock = clock;
        _logger = logger;
        _jumps = new ClockJumps(clock);
        _link = new SharingLink(clock);
        _writer = new LeaseWriter(
            Path.Combine(folder, FileName), clock, conditions, logger,
            () => _networks.Values.SelectMany(network => network.Rows()),
            row => Of(row.Lease.Network).RestoreLate(row));
        IReadOnlyList<LeaseRow> rows = _writer.Start();
        DateTimeOffset now = clock.GetUtcNow();
        foreach (LeaseRow row in rows)
        {
            Of(row.Lease.Network).Restore(row, now);
        }

        if (rows.Count > 0)
        {
            logger.Restored(rows.Count, _networks.Count);
        }

        _sweep = clock.CreateTimer(_ => Sweep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Sweep();
        _look = clock.CreateTimer(_ => _writer.Look(), null, LookInterval, LookInterval);
    }

    /// <summary>Whether leases are in memory only at the moment, because the disk refuses them.</summary>
    public bool IsFailing => _writer.IsFailing;

    public long Commits => _writer.Commits;

    public NetworkLeases Of(Guid network) => _networks.GetOrAdd(network, NewNetwork);

    /// <summary>The leases of a network that have not expired, by address; none for one that never had any.</summary>
    public IReadOnlyList<Lease> Snapshot(Guid network) => ByAddress(network, leases => leases.Snapshot(_clock.GetUtcNow()));

    /// <summary>The same as lists show them, see <see cref="NetworkLeases.ShownSnapshot"/>.</summary>
    public IReadOnlyList<Lease> ShownSnapshot(Guid network) => ByAddress(network, leases => leases.ShownSnapshot(_clock.GetUtcNow()));

    /// <summary>What is held in a network; nothing for one that is shared with nobody.</summary>
    public HeldLeases HeldSnapshot(Guid network) =>
        _networks.TryGetValue(network, out NetworkLeases? leases) ? leases.HeldSnapshot() : HeldLeases.None;

    /// <summary>For how long this host follows what the others of its networks do, unless that is said again.</summary>
    public void KeepLinked(TimeSpan time) => _link.Keep(time);

    public ILeaseNames NamesOf(Guid network) => Of(network);

    /// <summary>Takes away all leases of a network that is gone for good.</summary>
    public void Forget(Guid network)
    {
        if (_networks.TryRemove(network, out NetworkLeases? leases))
        {
            leases.Clear();
        }
    }

    /// <inheritdoc cref="LeaseWriter.WhenCommitted"/>
    public long WhenCommitted(ICommitWaiter waiter) => _writer.WhenCommitted(waiter);

    /// <summary>Ends when all changes made before are on disk.</summary>
    public Task CommittedAsync(CancellationToken cancellationToken)
    {
        CommitTask waiter = new();
        return WhenCommitted(waiter) == 0 ? Task.CompletedTask : waiter.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Tells of the changes of all networks until disposed. Takes no lock of the leases.</summary>
    public IDisposable Observe(ILeaseObserver observer)
    {
        lock (_observing)
        {
            Volatile.Write(ref _observers, [.. _observers, observer]);
        }

        return new Observation(this, observer);
    }

    /// <summary>Notices a clock that was set. Cheap: to be called before leases are judged by the time.</summary>
    public void FollowClock()
    {
        if (_jumps.Next() is { } jump)
        {
            _logger.ClockJumped(jump);
            foreach (NetworkLeases network in _networks.Values)
            {
                network.ShiftClock(jump);
            }
        }
    }

    public void Dispose()
    {
        _sweep.Dispose();
        _look.Dispose();
        _writer.Dispose();
    }

    private IReadOnlyList<Lease> ByAddress(Guid network, Func<NetworkLeases, IReadOnlyList<Lease>> snapshot) =>
        _networks.TryGetValue(network, out NetworkLeases? leases)
            ? [.. snapshot(leases).OrderBy(lease => AddressKey.Of(lease.Address).Value)]
            : [];

    private NetworkLeases NewNetwork(Guid id)
    {
        NetworkLeases network = new(id, _clock, _link);
        network.Observe(new WriteBehind(network, _writer));
        network.Observe(new Publisher(this));
        return network;
    }

    private void Sweep()
    {
        FollowClock();
        DateTimeOffset now = _clock.GetUtcNow();
        DateTimeOffset next = now + MaxSweepInterval;
        foreach (NetworkLeases network in _networks.Values)
        {
            network.Expire(now);
            next = network.NextExpiry is { } expiry && expiry < next ? expiry : next;
        }

        TimeSpan wait = next - now;
        _sweep.Change(wait < MinSweepInterval ? MinSweepInterval : wait, Timeout.InfiniteTimeSpan);
    }

    private sealed class WriteBehind(NetworkLeases network, LeaseWriter writer) : ILeaseObserver
    {
        public void OnChange(in LeaseChange change)
        {
            if (change.ChangesNothing)
            {
                return;
            }

            LeaseId id = LeaseId.Of(change.Lease);
            writer.Write(id, network.FindRow(id.Address));
        }

        public void OnHeld(Guid id, AddressKey address) => writer.Write(new LeaseId(id, address), network.FindRow(address));
    }

    /// <summary>Passes on what happens in one network.</summary>
    private sealed class Publisher(LeaseStore store) : ILeaseObserver
    {
        public void OnChange(in LeaseChange change)
        {
            foreach (ILeaseObserver observer in Volatile.Read(ref store._observers))
            {
                observer.OnChange(change);
            }
        }

        public void OnHeld(Guid network, AddressKey address)
        {
            foreach (ILeaseObserver observer in Volatile.Read(ref store._observers))
            {
                observer.OnHeld(network, address);
            }
        }
    }

    private sealed class Observation(LeaseStore store, ILeaseObserver observer) : IDisposable
    {
        public void Dispose()
        {
            lock (store._observing)
            {
                Volatile.Write(ref store._observers, [.. store._observers.Where(other => other != observer)]);
            }
        }
    }

    private sealed class CommitTask : ICommitWaiter
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _done.Task;

        public void OnCommitted(long commit) => _done.SetResult();
    }
}
