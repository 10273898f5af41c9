using System.Net;
using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>Which MAC address somebody on a link has (linux/neighbour.h), for good: the kernel does not ask.</summary>
internal sealed record NeighbourEntry(int Link, IPAddress Address, MacAddress Mac)
{
    /// <summary>The protocol by which such an entry is known: no other program's is this.</summary>
    private const byte Protocol = 0x76;

    private const int FixedLength = 12; // struct ndmsg
    private const int LinkAt = 4; // ndm_ifindex
    private const ushort Permanent = 0x80; // NUD_PERMANENT
    private const int AddressAttribute = 1; // NDA_DST
    private const int MacAttribute = 2; // NDA_LLADDR
    private const int LinkAttribute = 8; // NDA_IFINDEX
    private const int ProtocolAttribute = 12; // NDA_PROTOCOL

    /// <summary>A message that adds an entry, or deletes it.</summary>
    public static void Write(ref NetlinkWriter writer, NetlinkType type, NetlinkFlags flags, NeighbourEntry entry)
    {
        writer.BeginMessage(type, flags | NetlinkFlags.Acknowledge);
        WriteHeader(ref writer, KernelFamily.Of(entry.Address), entry.Link, Permanent);
        writer.WriteAttribute(AddressAttribute, entry.Address.GetAddressBytes());
        writer.WriteAttribute(MacAttribute, entry.Mac.ToArray());
        writer.WriteAttribute(ProtocolAttribute, Protocol);
        writer.EndMessage();
    }

    /// <summary>A dump of a link's.</summary>
    public static void WriteDump(ref NetlinkWriter writer, int link)
    {
        writer.BeginMessage(NetlinkType.GetNeighbour, NetlinkFlags.Dump);
        WriteHeader(ref writer, KernelFamily.Unspecified, link: 0, state: 0);
        writer.WriteAttribute(LinkAttribute, (uint)link);
        writer.EndMessage();
    }

    /// <returns>Null for entries that are not virtnet's.</returns>
    public static NeighbourEntry? TryParse(in NetlinkMessage message)
    {
        if (message.Type is not (NetlinkType.NewNeighbour or NetlinkType.DeleteNeighbour) || message.Payload.Length < FixedLength
            || message.Payload[0] is not (KernelFamily.Ipv4 or KernelFamily.Ipv6))
        {
            return null;
        }

        IPAddress? address = null;
        MacAddress mac = default;
        byte protocol = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message.Payload[FixedLength..]))
        {
            switch (attribute.Type)
            {
                case AddressAttribute:
                    address = attribute.AsAddress();
                    break;
                case MacAttribute when attribute.Value.Length == MacAddress.Length:
                    mac = new MacAddress(attribute.Value);
                    break;
                case ProtocolAttribute:
                    protocol = attribute.AsByte();
                    break;
            }
        }

        return address is null || protocol != Protocol
            ? null
            : new NeighbourEntry(MemoryMarshal.Read<int>(message.Payload[LinkAt..]), address, mac);
    }

    private static void WriteHeader(ref NetlinkWriter writer, byte family, int link, ushort state)
    {
        writer.WriteBytes([family, 0, 0, 0]);
        writer.WriteUInt32((uint)link);
        writer.WriteUInt16(state);
        writer.WriteBytes([0, 0]);
    }
}
