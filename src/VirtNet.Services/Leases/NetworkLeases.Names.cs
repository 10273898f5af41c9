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

        owners.Entries.Add(entry);
    }

    private void UnlinkName(Entry entry)
    {
        if (entry.Lease.HostName is not { } name || !_byName.TryGetValue(name, out NameOwners? owners))
        {
            return;
        }

        owners.Entries.Remove(entry);
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
        public List<Entry> Entries { get; } = new(1);

        /// <summary>Of the last owner that left to an earlier one; unspecified if none has.</summary>
        public AddressFamily LeftFamily { get; set; }

        public long LeftRank { get; set; }

        public long LeftAt { get; set; }
    }
}
