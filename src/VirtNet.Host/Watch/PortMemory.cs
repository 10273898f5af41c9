using VirtNet.Host.Netlink;

namespace VirtNet.Host.Watch;

/// <summary>
/// Remembers which ports a bridge had, so that guests can be plugged in again after somebody deleted the bridge under
/// them. A port that was taken off on purpose is forgotten. Not thread-safe.
/// </summary>
internal sealed class PortMemory
{
    /// <summary>The kernel lets the ports of a bridge go just before the bridge itself; announcements may lag a little.</summary>
    private static readonly TimeSpan SameMoment = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<int, LinkMessage> _present = [];
    private readonly List<(LinkMessage Port, DateTimeOffset At)> _left = [];

    public void Joined(LinkMessage port) => _present[port.Index] = port;

    public void Left(int port, DateTimeOffset now)
    {
        _left.RemoveAll(entry => now - entry.At > SameMoment);
        if (_present.Remove(port, out LinkMessage? known))
        {
            _left.Add((known, now));
        }
    }

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
        return lost;
    }
}
