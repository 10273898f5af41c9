using System.Net;
using System.Net.Sockets;

namespace VirtNet.Services.Leases;

/// <content>Names, as DNS asks for them.</content>
internal sealed partial class NetworkLeases
{
    private static readonly StringComparer NameComparer = StringComparer.OrdinalIgnoreCase;

    private readonly Dictionary<string, List<Entry>> _byName = new(NameComparer);
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
        Interlocked.Increment(ref _version);
    }

    private void UnlinkName(Entry entry)
    {
        if (entry.Lease.HostName is not { } name || !_byName.TryGetValue(name, out List<Entry>? owners))
        {
            return;
        }

        owners.Remove(entry);
        if (owners.Count == 0)
        {
            _byName.Remove(name);
        }

        Interlocked.Increment(ref _version);
    }
}
