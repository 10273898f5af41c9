using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>What a bridge knows of a MAC address (linux/neighbour.h, family bridge).</summary>
/// <param name="Port">The index of the port that it was last seen behind.</param>
internal sealed record ForwardingEntry(int Port)
{
    private const int FixedLength = 12; // struct ndmsg
    private const int InterfaceAt = 4; // ndm_ifindex
    private const int MacAttribute = 2; // NDA_LLADDR
    private const int BridgeAttribute = 9; // NDA_MASTER

    public static void WriteGet(ref NetlinkWriter writer, int bridge, MacAddress mac)
    {
        writer.BeginMessage(NetlinkType.GetNeighbour, NetlinkFlags.None);
        writer.WriteBytes([KernelFamily.Bridge, .. new byte[FixedLength - 1]]);
        writer.WriteAttribute(MacAttribute, mac.ToArray());
        writer.WriteAttribute(BridgeAttribute, (uint)bridge);
        writer.EndMessage();
    }

    public static ForwardingEntry? TryParse(in NetlinkMessage message) =>
        message.Type == NetlinkType.NewNeighbour && message.Payload.Length >= FixedLength
            ? new ForwardingEntry(MemoryMarshal.Read<int>(message.Payload[InterfaceAt..]))
            : null;
}
