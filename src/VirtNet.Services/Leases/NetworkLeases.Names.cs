using System.Net;
using System.Net.Sockets;

namespace VirtNet.Services.Leases;

/// <content>Names, as DNS asks for them.</content>
internal sealed partial class NetworkLeases
{
    private static readonly StringComparer NameComparer = StringComparer.OrdinalIgnoreCase;

    /// <summary>
    /// How long a name stands for nothing after its owner left it to an earlier one. libvirt's name goes for good; with a
    /// short rest, whoever looks at that moment sees it gone too, and the earlier owner is not left without it for hours.
    /// </summary>
    private static readonly TimeSpan NameRest = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, List<Entry>> _byName = new(NameComparer);
    private readonly Dictionary<string, Rest> _resting = new(NameComparer);
    private long _lastNameRank;
    private long _version;

    public long Version => Volatile.Read(ref _version);

    public IPAddress? FindAddress(ReadOnlySpan<char> name, AddressFamily family)
    {
        lock (Sync)
        {
            if (!_byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out List<Entry>? owners))
            {
                return null;
            }

            if (IsResting(name, family))
            {
                return null;
            }

            DateTimeOffset now = _clock.GetUtcNow();
            Entry? latest = null;
            foreach (Entry entry in owners)
            {
                if (entry.Lease.Address.AddressFamily == family && !(entry.Lease.Expires <= now)
                    && (latest is null || entry.NameRank > latest.NameRank))
                {
                    latest = entry;
                }
            }

            return latest?.Lease.Address;
        }
    }

    public string? FindName(IPAddress address) =>
        Find(AddressKey.Of(address)) is { } lease && !(lease.Expires <= _clock.GetUtcNow()) ? lease.HostName : null;

    private long NextNameRank() => ++_lastNameRank;

    private void LinkName(Entry entry)
    {
        if (entry.Lease.HostName is not { } name)
        {
            return;
        }

        if (!_byName.TryGetValue(name, out List<Entry>? owners))
        {
            _byName[name] = owners = new List<Entry>(1);
        }

        owners.Add(entry);
        _resting.Remove(name);
        Interlocked.Increment(ref _version);
    }

    private void UnlinkName(Entry entry)
    {
        if (entry.Lease.HostName is not { } name || !_byName.TryGetValue(name, out List<Entry>? owners))
        {
            return;
        }

        owners.Remove(entry);
        AddressFamily family = entry.Lease.Address.AddressFamily;
        List<Entry> others = owners.FindAll(other => other.Lease.Address.AddressFamily == family);
        if (owners.Count == 0)
        {
            _byName.Remove(name);
            _resting.Remove(name);
        }
        else if (others.Count > 0 && others.TrueForAll(other => other.NameRank < entry.NameRank))
        {
            _resting[name] = new Rest(family, _clock.GetTimestamp());
        }

        Interlocked.Increment(ref _version);
    }

    private bool IsResting(ReadOnlySpan<char> name, AddressFamily family)
    {
        if (_resting.Count == 0
            || !_resting.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out string? key, out Rest rest)
            || rest.Family != family)
        {
            return false;
        }

        if (_clock.GetElapsedTime(rest.Since) < NameRest)
        {
            return true;
        }

        _resting.Remove(key);
        return false;
    }

    private readonly record struct Rest(AddressFamily Family, long Since);
}
