using System.Net;
using System.Net.Sockets;

namespace VirtNet.Services.Leases;

/// <content>Names, as DNS asks for them.</content>
internal sealed partial class NetworkLeases
{
    private static readonly StringComparer NameComparer = StringComparer.OrdinalIgnoreCase;

    /// <summary>
    /// How long a name is nobody's after its owner left, before it falls back to an older client of that name: a machine
    /// that only restarts its network must not be taken for another one meanwhile.
    /// </summary>
    private static readonly TimeSpan NameRest = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, NameOwners> _byName = new(NameComparer);
    private long _lastNameRank;

    public bool HasNames
    {
        get
        {
            lock (Sync)
            {
                return _byName.Count > 0 || _heldByName.Count > 0;
            }
        }
    }

    public IPAddress? FindAddress(ReadOnlySpan<char> name, AddressFamily family)
    {
        lock (Sync)
        {
            if (!_byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out NameOwners? owners))
            {
                return FindHeldAddress(name, family);
            }

            DateTimeOffset now = _clock.GetUtcNow();
            bool resting = owners.LeftFamily == family && _clock.GetElapsedTime(owners.LeftAt) < NameRest;
            Entry? latest = null;
            foreach (Entry entry in owners.Entries)
            {
                if (FamilyOf(entry) == family && !(entry.Lease.Expires <= now)
                    && entry.NameRank > (latest?.NameRank ?? 0) && !(resting && entry.NameRank < owners.LeftRank))
                {
                    latest = entry;
                }
            }

            return latest?.Lease.Address ?? FindHeldAddress(name, family);
        }
    }

    public string? FindName(IPAddress address)
    {
        AddressKey key = AddressKey.Of(address);
        return Find(key) is { } lease && !(lease.Expires <= _clock.GetUtcNow()) ? lease.HostName : FindHeld(key)?.Lease.HostName;
    }

    /// <summary>All leases of a name, of both families and in no order.</summary>
    public IReadOnlyList<Lease> OfName(string name)
    {
        lock (Sync)
        {
            return _byName.TryGetValue(name, out NameOwners? owners) ? [.. owners.Entries.Select(entry => entry.Lease)] : [];
        }
    }

    /// <summary>Whether a client that is meant is called so.</summary>
    /// <param name="isPassedOver">Behind which ports none is meant; asked once for each port, however many leases are behind it.</param>
    public bool IsCalled(string name, Func<int, bool> isPassedOver, Func<Lease, bool> isMeant)
    {
        lock (Sync)
        {
            return _byName.TryGetValue(name, out NameOwners? owners)
                && owners.ByPort.Any(port => !isPassedOver(port.Key) && port.Value.Any(entry => isMeant(entry.Lease)));
        }
    }

    private long NextNameRank() => ++_lastNameRank;

    private void LinkName(Entry entry)
    {
        if (entry.Lease.HostName is not { } name)
        {
            return;
        }

        if (!_byName.TryGetValue(name, out NameOwners? owners))
        {
            _byName[name] = owners = new NameOwners();
        }

        owners.Add(entry);
    }

    private void UnlinkName(Entry entry)
    {
        if (entry.Lease.HostName is not { } name || !_byName.TryGetValue(name, out NameOwners? owners))
        {
            return;
        }

        owners.Remove(entry);
        if (owners.Entries.Count == 0)
        {
            _byName.Remove(name);
        }
        else if (owners.Entries.TrueForAll(other => other.NameRank < entry.NameRank || FamilyOf(other) != FamilyOf(entry)))
        {
            owners.LeftFamily = FamilyOf(entry);
            owners.LeftRank = entry.NameRank;
            owners.LeftAt = _clock.GetTimestamp();
        }
    }

    private static AddressFamily FamilyOf(Entry entry) => entry.Lease.Address.AddressFamily;

    private sealed class NameOwners
    {
        private Dictionary<int, HashSet<Entry>>? _byPort; // most names have one owner

        public List<Entry> Entries { get; } = new(1);

        /// <summary>The same by where they are: one guest may have thousands of leases of one name.</summary>
        public IReadOnlyDictionary<int, HashSet<Entry>> ByPort => _byPort ?? Grouped();

        public void Add(Entry entry)
        {
            Entries.Add(entry);
            if (_byPort is not null)
            {
                Add(_byPort, entry);
            }
            else if (Entries.Count > 1)
            {
                _byPort = Grouped();
            }
        }

        public void Remove(Entry entry)
        {
            Entries.Remove(entry);
            LeavePort(entry);
        }

        /// <summary>To be called before its port changes, and <see cref="EnterPort"/> after.</summary>
        public void LeavePort(Entry entry)
        {
            if (_byPort is not null && _byPort.TryGetValue(entry.Port, out HashSet<Entry>? group) && group.Remove(entry) && group.Count == 0)
            {
                _byPort.Remove(entry.Port);
            }
        }

        public void EnterPort(Entry entry)
        {
            if (_byPort is not null)
            {
                Add(_byPort, entry);
            }
        }

        private Dictionary<int, HashSet<Entry>> Grouped()
        {
            Dictionary<int, HashSet<Entry>> groups = [];
            Entries.ForEach(entry => Add(groups, entry));
            return groups;
        }

        private static void Add(Dictionary<int, HashSet<Entry>> groups, Entry entry)
        {
            if (!groups.TryGetValue(entry.Port, out HashSet<Entry>? group))
            {
                groups[entry.Port] = group = [];
            }

            group.Add(entry);
        }

        /// <summary>Of the last owner that left to an earlier one; unspecified if none has.</summary>
        public AddressFamily LeftFamily { get; set; }

        public long LeftRank { get; set; }

        public long LeftAt { get; set; }
    }
}
