using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Watch;

/// <summary>
/// Remembers which ports a bridge has, so that guests can be plugged in again after somebody deleted the bridge under
/// them, or took them off it. Not thread-safe.
/// </summary>
internal sealed class PortMemory
{
    /// <summary>The kernel lets the ports of a bridge go just before the bridge itself; announcements may lag a little.</summary>
    private static readonly TimeSpan SameMoment = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<int, LinkMessage> _present = [];
    private readonly HashSet<int> _released = [];
    private readonly List<(LinkMessage Port, DateTimeOffset At)> _left = [];

    public IReadOnlyCollection<LinkMessage> Present => _present.Values;

    /// <returns>What was known of it; null = it is new on the bridge.</returns>
    public LinkMessage? Joined(LinkMessage port)
    {
        LinkMessage? before = _present.GetValueOrDefault(port.Index);
        _present[port.Index] = port;
        if (before is null)
        {
            _released.Remove(port.Index);
        }

        return before;
    }

    /// <returns>What was known of it; null = it was not on the bridge.</returns>
    public LinkMessage? Left(int port, DateTimeOffset now)
    {
        _released.ExceptWith(_left.Where(IsPast).Select(entry => entry.Port.Index).Where(gone => !_present.ContainsKey(gone)));
        _left.RemoveAll(IsPast);
        if (_present.Remove(port, out LinkMessage? known))
        {
            _left.Add((known, now));
        }

        return known;

        bool IsPast((LinkMessage Port, DateTimeOffset At) entry) => now - entry.At > SameMoment;
    }

    /// <summary>The port object of a guest interface was deleted: its device will leave, or has left, as it should.</summary>
    public void Release(MacAddress mac) =>
        _released.UnionWith(_present.Values.Where(port => port.IsPortOf(mac)).Select(port => port.Index));

    /// <summary>Whether a port that is there, or has just left, was released.</summary>
    public bool IsReleased(int port) => _released.Contains(port);

    /// <summary>The bridge is gone: these ports were on it until then.</summary>
    public IReadOnlyList<LinkMessage> BridgeDeleted(DateTimeOffset now)
    {
        List<LinkMessage> lost =
        [
            .. _left.Where(entry => now - entry.At <= SameMoment).Select(entry => entry.Port),
            .. _present.Values,
        ];
        _left.Clear();
        _present.Clear();
        _released.Clear();
        return lost;
    }
}
