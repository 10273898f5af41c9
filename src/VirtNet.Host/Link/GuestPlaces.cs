using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Link;

/// <summary>
/// What a bridge knows of where guests are. A guest is here if the port is that bears its MAC address, or the bridge has seen it
/// behind one; not while another host says that it is there: a port is made before a guest that moves comes to run behind it, and its
/// first frame settles that.
/// </summary>
internal sealed class GuestPlaces
{
    private readonly ILookup<ulong, LinkMessage> _byTail;
    private readonly Dictionary<MacAddress, ForwardingEntry> _seen = [];

    /// <param name="ports">Of the bridge.</param>
    /// <param name="tunnel">The name of the port that leads to other hosts; null = none does.</param>
    /// <param name="entries">What the bridge knows.</param>
    public GuestPlaces(List<LinkMessage> ports, string? tunnel, IEnumerable<ForwardingEntry> entries)
    {
        Ports = ports;
        Tunnel = tunnel is null ? 0 : ports.Find(port => port.Name == tunnel)?.Index ?? 0;
        _byTail = ports.Where(port => port.Mac is not null && port.Index != Tunnel).ToLookup(port => TailOf(port.Mac!.Value));
        foreach (ForwardingEntry entry in entries.Where(entry => !entry.IsOwn))
        {
            _seen[entry.Mac] = entry;
        }
    }

    /// <summary>Of the bridge.</summary>
    public IReadOnlyList<LinkMessage> Ports { get; }

    /// <summary>The index of the tunnel; 0 = it is no port.</summary>
    public int Tunnel { get; }

    /// <summary>What the bridge knows.</summary>
    public IReadOnlyCollection<ForwardingEntry> Seen => _seen.Values;

    public static GuestPlaces Read(RtnetlinkClient netlink, LinkMessage bridge, string tunnel) =>
        new(netlink.ListLinks(bridge.Index), tunnel, netlink.ListForwarding(bridge.Index));

    public ForwardingEntry? Find(MacAddress mac) => _seen.GetValueOrDefault(mac);

    /// <returns>The index of the port that a guest is behind; 0 = it is not here.</returns>
    public int PortOf(MacAddress mac)
    {
        int last = Find(mac)?.Port ?? 0;
        return last != 0 && last == Tunnel ? 0
            : _byTail[TailOf(mac)].FirstOrDefault(port => port.IsPortOf(mac))?.Index ?? last;
    }

    /// <summary>A port's address is its guest's but for the first octet.</summary>
    private static ulong TailOf(MacAddress mac) =>
        ((ulong)mac[1] << 32) | ((ulong)mac[2] << 24) | ((ulong)mac[3] << 16) | ((ulong)mac[4] << 8) | mac[5];
}
