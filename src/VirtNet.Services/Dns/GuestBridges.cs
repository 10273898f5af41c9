using System.Collections.Concurrent;

namespace VirtNet.Services.Dns;

/// <summary>
/// The bridges behind which guests are, of all networks whether they are served DNS or not, known again by the number that
/// a datagram's interface has. A bridge that somebody renamed stays one; what has its name instead is none. Thread-safe.
/// </summary>
internal sealed class GuestBridges
{
    private readonly ConcurrentDictionary<Guid, GuestBridge> _byNetwork = [];
    private readonly ConcurrentDictionary<int, GuestBridge> _byIndex = [];

    /// <summary>Says which bridge a network has; null when it has none any more.</summary>
    public void Set(Guid network, string? bridge, int index)
    {
        GuestBridge? now = bridge is null || index == 0 ? null : new GuestBridge(network, bridge, index);
        if (_byNetwork.TryRemove(network, out GuestBridge? before) && before != now)
        {
            _byIndex.TryRemove(KeyValuePair.Create(before.Index, before)); // unless another network has it by now
        }

        if (now is not null)
        {
            _byNetwork[network] = now;
            _byIndex[index] = now;
        }
    }

    /// <summary>The name that this interface has as a network's bridge if guests are behind it, else null.</summary>
    public string? Find(int index) => _byIndex.GetValueOrDefault(index)?.Name;

    private sealed record GuestBridge(Guid Network, string Name, int Index);
}
