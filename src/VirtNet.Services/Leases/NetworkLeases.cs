namespace VirtNet.Services.Leases;

/// <summary>
/// The leases of one network in memory, which is what the service acts on; the database only follows. Safe on any
/// thread: each call locks by itself, and who needs several calls to agree holds <see cref="Sync"/> around them.
/// </summary>
internal sealed partial class NetworkLeases : ILeaseNames
{
    private readonly Dictionary<AddressKey, Entry> _byAddress = [];
    private readonly SortedSet<Entry> _expiries = new(Entry.ByQueuedExpiry);
    private readonly List<ILeaseObserver> _observers = [];
    private readonly TimeProvider _clock;
    private readonly SharingLink _link;

    public NetworkLeases(Guid network, TimeProvider clock)
        : this(network, clock, new SharingLink(clock))
    {
    }

    public NetworkLeases(Guid network, TimeProvider clock, SharingLink link)
    {
        Network = network;
        _clock = clock;
        _link = link;
    }

    public Guid Network { get; }

    public Lock Sync { get; } = new();

    public int Count
    {
        get
        {
            lock (Sync)
            {
                return _byAddress.Count;
            }
        }
    }

    /// <summary>When the next lease ends; null if none does. It may be early: renewals move ends away.</summary>
    public DateTimeOffset? NextExpiry
    {
        get
        {
            lock (Sync)
            {
                return _expiries.Min?.QueuedExpiry;
            }
        }
    }

    public void Observe(ILeaseObserver observer)
    {
        lock (Sync)
        {
            _observers.Add(observer);
        }
    }

    public void Forget(ILeaseObserver observer)
    {
        lock (Sync)
        {
            _observers.Remove(observer);
        }
    }

    public Lease? Find(AddressKey address)
    {
        lock (Sync)
        {
            return _byAddress.GetValueOrDefault(address)?.Lease;
        }
    }

    /// <summary>Records a lease in the place of any other of the same address.</summary>
    /// <param name="duration">Null = infinite.</param>
    public void Put(Lease lease, TimeSpan? duration)
    {
        lock (Sync)
        {
            AddressKey key = AddressKey.Of(lease.Address);
            EndHold(key);
            Entry? old = _byAddress.GetValueOrDefault(key);
            if (old is not null && SameClient(old.Lease, lease))
            {
                Lease before = old.Lease;
                Renew(key, old, lease, duration);
                Tell(new LeaseChange(LeaseEvent.Renewed, lease, before));
                return;
            }

            if (old is not null)
            {
                Unlink(old);
                Tell(new LeaseChange(LeaseEvent.Released, old.Lease));
            }

            Link(key, new Entry(key, lease) { Duration = duration, NameRank = NextNameRank() });
            Tell(new LeaseChange(LeaseEvent.Added, lease));
        }
    }

    /// <summary>Takes over what was stored, where nothing is known of the address by now.</summary>
    public void RestoreLate(LeaseRow row)
    {
        lock (Sync)
        {
            AddressKey key = AddressKey.Of(row.Lease.Address);
            if (_byAddress.ContainsKey(key) || _held.ContainsKey(key))
            {
                return;
            }

            if (row.Holder is null)
            {
                Put(row.Lease, row.Duration);
            }
            else
            {
                RestoreHeld(row);
                TellHeld(key);
            }
        }
    }

    /// <summary>
    /// Records leases that another server gave, for as long as each has left. What another client has here stays its own, and
    /// of two ends of one lease the later one counts.
    /// </summary>
    /// <returns>How many were recorded.</returns>
    public int Import(IReadOnlyList<Lease> leases, DateTimeOffset now)
    {
        lock (Sync)
        {
            int taken = 0;
            foreach (Lease lease in leases.Where(lease => lease.Expires is not { } expires || expires > now))
            {
                Lease? known = _byAddress.GetValueOrDefault(AddressKey.Of(lease.Address))?.Lease;
                if (known is null || known.Expires <= now || (SameClient(known, lease) && EndsLater(lease, known)))
                {
                    Put(lease, lease.Expires - now);
                    taken++;
                }
            }

            return taken;
        }
    }

    /// <summary>Takes a lease away, if it is still the one that is meant.</summary>
    public bool Remove(Lease lease)
    {
        lock (Sync)
        {
            if (!_byAddress.TryGetValue(AddressKey.Of(lease.Address), out Entry? entry) || !SameClient(entry.Lease, lease))
            {
                return false;
            }

            Unlink(entry);
            HoldEnded(entry.Key, entry.Lease);
            Tell(new LeaseChange(LeaseEvent.Released, entry.Lease));
            return true;
        }
    }

    /// <summary>Gives a lease another name (null = none), if it is still the one that is meant.</summary>
    public void Rename(Lease lease, string? name)
    {
        lock (Sync)
        {
            if (_byAddress.TryGetValue(AddressKey.Of(lease.Address), out Entry? entry) && SameClient(entry.Lease, lease)
                && entry.Lease.HostName != name)
            {
                Put(entry.Lease with { HostName = name }, entry.Duration);
            }
        }
    }

    /// <summary>Takes away what has expired; costs nothing while nothing has.</summary>
    public void Expire(DateTimeOffset now)
    {
        lock (Sync)
        {
            while (_expiries.Min is { } entry && entry.QueuedExpiry <= now)
            {
                if (entry.Lease.Expires is { } expires && expires <= now)
                {
                    Unlink(entry);
                    HoldEnded(entry.Key, entry.Lease);
                    Tell(new LeaseChange(LeaseEvent.Expired, entry.Lease));
                }
                else
                {
                    Queue(entry, entry.Lease.Expires); // renewed since it was queued
                }
            }
        }
    }

    /// <summary>All leases that have not expired, in no order.</summary>
    public IReadOnlyList<Lease> Snapshot(DateTimeOffset now) => Snapshot(now, entry => entry.Lease);

    /// <summary>The stored form of an address's lease, or of what is held there; null if there is none.</summary>
    public LeaseRow? FindRow(AddressKey address)
    {
        lock (Sync)
        {
            return _byAddress.GetValueOrDefault(address)?.ToRow() ?? HeldRow(address);
        }
    }

    public IReadOnlyList<LeaseRow> Rows()
    {
        lock (Sync)
        {
            return [.. _byAddress.Values.Select(entry => entry.ToRow()), .. HeldRows()];
        }
    }

    /// <summary>
    /// Brings back a stored lease without telling anybody. An end further away than the lease ever was shows that the
    /// clock was set back since: the client has at most the whole time left.
    /// </summary>
    public void Restore(LeaseRow row, DateTimeOffset now)
    {
        lock (Sync)
        {
            if (row.Holder is not null)
            {
                RestoreHeld(row);
                return;
            }

            Lease lease = row.Lease.Expires > now + row.Duration
                ? row.Lease with { Expires = now + row.Duration }
                : row.Lease;
            AddressKey key = AddressKey.Of(lease.Address);
            if (_byAddress.TryGetValue(key, out Entry? old))
            {
                Unlink(old);
            }

            _lastNameRank = Math.Max(_lastNameRank, row.NameRank);
            Link(key, new Entry(key, lease) { Duration = row.Duration, NameRank = row.NameRank });
        }
    }

    /// <summary>
    /// Moves every end by as much as the wall clock was set: a clock that jumps neither ends leases nor keeps them alive.
    /// </summary>
    public void ShiftClock(TimeSpan jump)
    {
        lock (Sync)
        {
            foreach (Entry entry in _byAddress.Values)
            {
                if (entry.Lease.Expires is { } expires)
                {
                    entry.Lease = entry.Lease with { Expires = Shifted(expires, jump) };
                    Queue(entry, entry.Lease.Expires);
                    Tell(new LeaseChange(LeaseEvent.Renewed, entry.Lease));
                }
            }
        }
    }

    /// <summary>Takes all leases away.</summary>
    public void Clear()
    {
        lock (Sync)
        {
            Apply(new HeldLeasesUpdate(Host: null, IsAll: true, [], [])); // a network that is gone is shared with nobody
            foreach (Entry entry in _byAddress.Values.ToArray())
            {
                Unlink(entry);
                Tell(new LeaseChange(LeaseEvent.Released, entry.Lease));
            }
        }
    }

    /// <summary>As far as there is time.</summary>
    private static DateTimeOffset Shifted(DateTimeOffset moment, TimeSpan jump) =>
        jump > DateTimeOffset.MaxValue - moment ? DateTimeOffset.MaxValue
        : jump < DateTimeOffset.MinValue - moment ? DateTimeOffset.MinValue
        : moment + jump;

    private List<Lease> Snapshot(DateTimeOffset now, Func<Entry, Lease> show)
    {
        lock (Sync)
        {
            List<Lease> leases = new(_byAddress.Count);
            foreach (Entry entry in _byAddress.Values)
            {
                if (entry.Lease.Expires is not { } expires || expires > now)
                {
                    leases.Add(show(entry));
                }
            }

            return leases;
        }
    }

    private static bool EndsLater(Lease one, Lease other) =>
        other.Expires is { } end && (one.Expires is not { } later || later > end);

    private void Renew(AddressKey key, Entry entry, Lease lease, TimeSpan? duration)
    {
        Lease before = entry.Lease;
        bool sameName = NameComparer.Equals(before.HostName, lease.HostName);
        entry.Duration = duration;
        if (before.HostName == lease.HostName && before.ClientId == lease.ClientId && before.Mac == lease.Mac)
        {
            entry.Lease = lease; // all indexes hold: by far the most frequent case
            if (entry.QueuedExpiry is null || lease.Expires is null || lease.Expires < entry.QueuedExpiry)
            {
                Queue(entry, lease.Expires);
            }

            return;
        }

        Unlink(entry); // as it is known by its old names
        entry.NameRank = sameName ? entry.NameRank : NextNameRank();
        entry.Lease = lease;
        Link(key, entry);
    }

    private void Link(AddressKey key, Entry entry)
    {
        _byAddress[key] = entry;
        LinkClient(entry);
        LinkName(entry);
        CountPort(entry, 1);
        Queue(entry, entry.Lease.Expires);
    }

    private void Unlink(Entry entry)
    {
        Queue(entry, null);
        UnlinkName(entry);
        CountPort(entry, -1);
        _byAddress.Remove(entry.Key);
        UnlinkClient(entry);
    }

    // An entry stands in the queue once, and not later than it ends. Renewals, which move ends away, leave it where it
    // is: it is looked at again when the old end has come.
    private void Queue(Entry entry, DateTimeOffset? expires)
    {
        if (entry.QueuedExpiry is not null)
        {
            _expiries.Remove(entry);
        }

        entry.QueuedExpiry = expires;
        if (expires is not null)
        {
            _expiries.Add(entry);
        }
    }

    private void Tell(in LeaseChange change)
    {
        foreach (ILeaseObserver observer in _observers)
        {
            observer.OnChange(change);
        }
    }

    private sealed class Entry(AddressKey key, Lease lease)
    {
        public static Comparer<Entry> ByQueuedExpiry { get; } = Comparer<Entry>.Create((one, other) =>
            Nullable.Compare(one.QueuedExpiry, other.QueuedExpiry) is not 0 and int order
                ? order
                : one.Key.Value.CompareTo(other.Key.Value));

        public AddressKey Key { get; } = key;

        public Lease Lease { get; set; } = lease;

        public TimeSpan? Duration { get; set; }

        public long NameRank { get; set; }

        public DateTimeOffset? QueuedExpiry { get; set; }

        public int Port { get; set; }

        public Entry? NextOfMac { get; set; }

        public Entry? PreviousOfMac { get; set; }

        public LeaseRow ToRow() => new(Lease, Duration, NameRank);
    }
}
