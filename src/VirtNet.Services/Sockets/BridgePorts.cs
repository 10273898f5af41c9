using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;
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

    private const int NeighbourLength = 12; // struct ndmsg
    private const int InterfaceAt = 4; // ndm_ifindex
    private const int StateAt = 8; // ndm_state
    private const int AttributeAddress = 1; // NDA_DST
    private const int AttributeMac = 2; // NDA_LLADDR
    private const int AttributeTimes = 3; // NDA_CACHEINFO: confirmed, used, updated, references
    private const int AttributeVlan = 5; // NDA_VLAN
    private const int AttributeBridge = 9; // NDA_MASTER

    /// <summary>
    /// A bridge that keeps VLANs apart has its guests' MACs in the one that it is in itself; from others nothing reaches it.
    /// </summary>
    private const ushort DefaultVlan = 1;
    private const ushort NoVlan = 0;

    private readonly NetlinkQuery _query;
    private readonly PortListing _links;

    public BridgePorts()
    {
        using OpenedSoFar opened = new();
        _query = opened.Add(new NetlinkQuery());
        _links = new PortListing();
        opened.Keep();
    }

    /// <summary>The index of the port; 0 if the bridge does not know the MAC, or the kernel the question.</summary>
    /// <param name="seenWithin">Where given: 0 too if no frame of this MAC came in for so long.</param>
    public int FindPort(int bridge, MacAddress mac, TimeSpan? seenWithin = null) =>
        FindPort(bridge, mac, NoVlan, seenWithin) is not 0 and var port ? port : FindPort(bridge, mac, DefaultVlan, seenWithin);

    /// <summary>The MAC that an IPv6 address had when the host last spoke with it; null if it does not know.</summary>
    public MacAddress? FindMac(int bridge, NetAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.CopyTo(octets);
        NetlinkWriter question = _query.Begin(stackalloc byte[NetlinkQuery.MaxRequest]);
        Begin(ref question, KernelFamily.Ipv6, bridge);
        question.WriteAttribute(AttributeAddress, octets);
        return TryAsk(ref question, out NetlinkEntry entry) && (StateOf(entry) & (StateIncomplete | StateFailed)) == 0
            && entry.Find(AttributeMac) is { Length: MacAddress.Length } mac
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
        Span<byte> octets = stackalloc byte[MacAddress.Length];
        for (int i = 0; i < MacAddress.Length; i++)
        {
            octets[i] = mac[i];
        }

        NetlinkWriter question = _query.Begin(stackalloc byte[NetlinkQuery.MaxRequest]);
        Begin(ref question, KernelFamily.Bridge, interfaceIndex: 0);
        question.WriteAttribute(AttributeMac, octets);
        if (vlan != NoVlan)
        {
            question.WriteAttribute(AttributeVlan, MemoryMarshal.AsBytes(new ReadOnlySpan<ushort>(in vlan)));
        }

        question.WriteAttribute(AttributeBridge, (uint)bridge);
        return TryAsk(ref question, out NetlinkEntry entry) && !(AgeOf(entry) > seenWithin)
            ? MemoryMarshal.Read<int>(entry.Fixed[InterfaceAt..])
            : 0;
    }

    private static void Begin(ref NetlinkWriter question, byte family, int interfaceIndex)
    {
        question.BeginMessage(NetlinkType.GetNeighbour, NetlinkFlags.None);
        question.WriteByte(family);
        question.WriteZeros(InterfaceAt - 1);
        question.WriteUInt32((uint)interfaceIndex);
        question.WriteZeros(NeighbourLength - StateAt);
    }

    private bool TryAsk(ref NetlinkWriter question, out NetlinkEntry entry)
    {
        question.EndMessage();
        return _query.TryAsk(question, NetlinkType.NewNeighbour, NeighbourLength, out entry);
    }

    private static ushort StateOf(NetlinkEntry entry) => MemoryMarshal.Read<ushort>(entry.Fixed[StateAt..]);

    /// <summary>Time since the last frame of the MAC; null for an entry that somebody made, which frames do not renew.</summary>
    private static TimeSpan? AgeOf(NetlinkEntry entry) =>
        (StateOf(entry) & (StateStatic | StatePermanent)) == 0
        && entry.Find(AttributeTimes) is { Length: >= UpdatedAt + sizeof(uint) } times
            ? TimeSpan.FromMilliseconds(MemoryMarshal.Read<uint>(times[UpdatedAt..]) * 10.0) // hundredths of a second
            : null;
}
