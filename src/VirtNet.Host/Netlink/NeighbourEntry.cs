using System.Net;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>Which MAC address somebody on a link has (linux/neighbour.h). What is written is for good: the kernel does not ask.</summary>
internal sealed record NeighbourEntry(int Link, IPAddress Address, MacAddress Mac)
{
    /// <summary>The protocol by which such an entry is known: no other program's is this.</summary>
    private const byte Protocol = 0x76;

    private const int LinkAttribute = 8; // NDA_IFINDEX
    private const int ProtocolAttribute = 12; // NDA_PROTOCOL

    /// <summary>A message that adds an entry, or deletes it.</summary>
    public static void Write(ref NetlinkWriter writer, NetlinkType type, NetlinkFlags flags, NeighbourEntry entry)
    {
        writer.BeginMessage(type, flags | NetlinkFlags.Acknowledge);
        new NeighbourHeader(KernelFamily.Of(entry.Address), entry.Link, NeighbourHeader.Permanent).Write(ref writer);
        writer.WriteAttribute(NeighbourHeader.AddressAttribute, entry.Address.GetAddressBytes());
        writer.WriteAttribute(NeighbourHeader.MacAttribute, entry.Mac.ToArray());
        writer.WriteAttribute(ProtocolAttribute, Protocol);
        writer.EndMessage();
    }

    /// <summary>A dump of a link's.</summary>
    public static void WriteDump(ref NetlinkWriter writer, int link)
    {
        writer.BeginMessage(NetlinkType.GetNeighbour, NetlinkFlags.Dump);
        new NeighbourHeader(KernelFamily.Unspecified).Write(ref writer);
        writer.WriteAttribute(LinkAttribute, (uint)link);
        writer.EndMessage();
    }

    /// <returns>Null for entries that are not virtnet's.</returns>
    public static NeighbourEntry? TryParse(in NetlinkMessage message) => TryParse(message, own: true);

    /// <returns>Null for virtnet's entries, and for addresses at which the kernel knows nobody.</returns>
    public static NeighbourEntry? TryParseLearnt(in NetlinkMessage message) => TryParse(message, own: false);

    private static NeighbourEntry? TryParse(in NetlinkMessage message, bool own)
    {
        if (!NeighbourHeader.TryRead(message, out NeighbourHeader header, out NetlinkAttributes attributes)
            || header.Family is not (KernelFamily.Ipv4 or KernelFamily.Ipv6))
        {
            return null;
        }

        IPAddress? address = null;
        MacAddress? mac = null;
        byte protocol = 0;
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case NeighbourHeader.AddressAttribute:
                    address = attribute.AsAddress();
                    break;
                case NeighbourHeader.MacAttribute when attribute.Value.Length == MacAddress.Length:
                    mac = new MacAddress(attribute.Value);
                    break;
                case ProtocolAttribute:
                    protocol = attribute.AsByte();
                    break;
            }
        }

        return address is null || (protocol == Protocol) != own || (mac is null && !own) ? null
            : new NeighbourEntry(header.Link, address, mac ?? default);
    }
}
