using System.Runtime.InteropServices;
using VirtNet.Model;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Asks the kernel for the ports of a bridge, behind which of them a MAC was last seen, and which MAC an address has. Not
/// safe for several threads.
/// </summary>
internal sealed class BridgePorts : IDisposable
{
    private const ushort StateIncomplete = 0x01; // NUD_INCOMPLETE
    private const ushort StateFailed = 0x20; // NUD_FAILED
    private const ushort StateStatic = 0x40; // NUD_NOARP
    private const ushort StatePermanent = 0x80; // NUD_PERMANENT
    private const int UpdatedAt = 8; // ndm_updated in struct nda_cacheinfo

    /// <summary>
    /// A bridge that keeps VLANs apart has its guests' MACs in the one that it is in itself; from others nothing reaches it.
    /// </summary>
    private const ushort DefaultVlan = 1;
    private const ushort NoVlan = 0;

    private readonly NeighbourQuery _query = new();
    private readonly PortListing _links = new();

    /// <summary>The index of the port; 0 if the bridge does not know the MAC, or the kernel the question.</summary>
    /// <param name="seenWithin">Where given: 0 too if no frame of this MAC came in for so long.</param>
    public int FindPort(int bridge, MacAddress mac, TimeSpan? seenWithin = null) =>
        FindPort(bridge, mac, NoVlan, seenWithin) is not 0 and var port ? port : FindPort(bridge, mac, DefaultVlan, seenWithin);

    /// <summary>The MAC that an IPv6 address had when the host last spoke with it; null if it does not know.</summary>
    public MacAddress? FindMac(int bridge, NetAddress address)
    {
        _query.Begin(Libc.AfInet6, bridge);
        address.CopyTo(_query.Add(NeighbourQuery.AttributeAddress, 16));
        return _query.TryAsk(out NeighbourQuery.NeighbourEntry entry) && (entry.State & (StateIncomplete | StateFailed)) == 0
            && entry.Find(NeighbourQuery.AttributeMac) is { Length: MacAddress.Length } mac
            ? new MacAddress(mac)
            : null;
    }

    /// <summary>The indexes of a bridge's ports that are up and have somebody at their other end.</summary>
    public HashSet<int> ListRunning(int bridge) => _links.ListRunning(bridge);

    public void Dispose()
    {
        _query.Dispose();
        _links.Dispose();
    }

    private int FindPort(int bridge, MacAddress mac, ushort vlan, TimeSpan? seenWithin)
    {
        _query.Begin(Libc.AfBridge, interfaceIndex: 0);
        Span<byte> octets = _query.Add(NeighbourQuery.AttributeMac, MacAddress.Length);
        for (int i = 0; i < MacAddress.Length; i++)
        {
            octets[i] = mac[i];
        }

        if (vlan != NoVlan)
        {
            MemoryMarshal.Write(_query.Add(NeighbourQuery.AttributeVlan, sizeof(ushort)), vlan);
        }

        MemoryMarshal.Write(_query.Add(NeighbourQuery.AttributeBridge, sizeof(int)), bridge);
        return _query.TryAsk(out NeighbourQuery.NeighbourEntry entry) && !(AgeOf(entry) > seenWithin) ? entry.InterfaceIndex : 0;
    }

    /// <summary>Time since the last frame of the MAC; null for an entry that somebody made, which frames do not renew.</summary>
    private static TimeSpan? AgeOf(NeighbourQuery.NeighbourEntry entry) =>
        (entry.State & (StateStatic | StatePermanent)) == 0
        && entry.Find(NeighbourQuery.AttributeTimes) is { Length: >= UpdatedAt + sizeof(uint) } times
            ? TimeSpan.FromMilliseconds(MemoryMarshal.Read<uint>(times[UpdatedAt..]) * 10.0) // hundredths of a second
            : null;
}
