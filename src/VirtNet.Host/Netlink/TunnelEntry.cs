using System.Net;
using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>Where a VXLAN tunnel sends frames for a MAC address (linux/neighbour.h, family bridge, the tunnel's own table).</summary>
/// <param name="Link">The tunnel.</param>
/// <param name="Mac">All zeros = frames for everybody, and for whom it does not know: they go to each of these.</param>
internal sealed record TunnelEntry(int Link, MacAddress Mac, IPAddress Host)
{
    private const int FixedLength = 12; // struct ndmsg
    private const int LinkAt = 4; // ndm_ifindex
    private const ushort Permanent = 0x80; // NUD_PERMANENT
    private const byte Self = 0x02; // NTF_SELF
    private const int HostAttribute = 1; // NDA_DST
    private const int MacAttribute = 2; // NDA_LLADDR

    public bool IsFlood => Mac == default;

    /// <summary>A message that adds or deletes an entry.</summary>
    public static void Write(ref NetlinkWriter writer, NetlinkType type, NetlinkFlags flags, TunnelEntry entry)
    {
        writer.BeginMessage(type, flags | NetlinkFlags.Acknowledge);
        WriteHeader(ref writer, entry.Link, Permanent, Self);
        writer.WriteAttribute(MacAttribute, entry.Mac.ToArray());
        writer.WriteAttribute(HostAttribute, entry.Host.GetAddressBytes());
        writer.EndMessage();
    }

    /// <summary>A dump of the entries of one tunnel.</summary>
    public static void WriteDump(ref NetlinkWriter writer, int link)
    {
        writer.BeginMessage(NetlinkType.GetNeighbour, NetlinkFlags.Dump);
        WriteHeader(ref writer, link, state: 0, flags: 0);
        writer.EndMessage();
    }

    /// <returns>Null for entries of the bridge that the tunnel is a port of, and for those that lead to no host.</returns>
    public static TunnelEntry? TryParse(in NetlinkMessage message)
    {
        if (message.Type is not (NetlinkType.NewNeighbour or NetlinkType.DeleteNeighbour)
            || message.Payload.Length < FixedLength || message.Payload[0] != KernelFamily.Bridge)
        {
            return null;
        }

        MacAddress mac = default;
        IPAddress? host = null;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message.Payload[FixedLength..]))
        {
            if (attribute.Type == MacAttribute && attribute.Value.Length == MacAddress.Length)
            {
                mac = new MacAddress(attribute.Value);
            }
            else if (attribute.Type == HostAttribute)
            {
                host = attribute.AsAddress();
            }
        }

        return host is null ? null : new TunnelEntry(MemoryMarshal.Read<int>(message.Payload[LinkAt..]), mac, host);
    }

    private static void WriteHeader(ref NetlinkWriter writer, int link, ushort state, byte flags)
    {
        writer.WriteBytes([KernelFamily.Bridge, 0, 0, 0]);
        writer.WriteUInt32((uint)link);
        writer.WriteUInt16(state);
        writer.WriteBytes([flags, 0]);
    }
}
