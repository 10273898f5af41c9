using System.Net;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>Where a VXLAN tunnel sends frames for a MAC address (linux/neighbour.h, family bridge, the tunnel's own table).</summary>
/// <param name="Link">The tunnel.</param>
/// <param name="Mac">All zeros = frames for everybody, and for whom it does not know: they go to each of these.</param>
internal sealed record TunnelEntry(int Link, MacAddress Mac, IPAddress Host)
{
    private const byte Self = 0x02; // NTF_SELF
    private const byte OfBridge = 0x04; // NTF_MASTER

    public bool IsFlood => Mac == default;

    /// <summary>A message that adds or deletes an entry.</summary>
    public static void Write(ref NetlinkWriter writer, NetlinkType type, NetlinkFlags flags, TunnelEntry entry)
    {
        writer.BeginMessage(type, flags | NetlinkFlags.Acknowledge);
        new NeighbourHeader(KernelFamily.Bridge, entry.Link, NeighbourHeader.Permanent, Self).Write(ref writer);
        writer.WriteAttribute(NeighbourHeader.MacAttribute, entry.Mac.ToArray());
        writer.WriteAttribute(NeighbourHeader.AddressAttribute, entry.Host.GetAddressBytes());
        writer.EndMessage();
    }

    /// <summary>A message that has the bridge know of it no more as one that is behind the tunnel.</summary>
    public static void WriteForget(ref NetlinkWriter writer, TunnelEntry entry)
    {
        writer.BeginMessage(NetlinkType.DeleteNeighbour, NetlinkFlags.Acknowledge);
        new NeighbourHeader(KernelFamily.Bridge, entry.Link, default, OfBridge).Write(ref writer);
        writer.WriteAttribute(NeighbourHeader.MacAttribute, entry.Mac.ToArray());
        writer.EndMessage();
    }

    /// <summary>A dump of the entries of one tunnel.</summary>
    public static void WriteDump(ref NetlinkWriter writer, int link)
    {
        writer.BeginMessage(NetlinkType.GetNeighbour, NetlinkFlags.Dump);
        new NeighbourHeader(KernelFamily.Bridge, link).Write(ref writer);
        writer.EndMessage();
    }

    /// <returns>Null for entries of the bridge that the tunnel is a port of, and for those that lead to no host.</returns>
    public static TunnelEntry? TryParse(in NetlinkMessage message)
    {
        if (!NeighbourHeader.TryRead(message, out NeighbourHeader header, out NetlinkAttributes attributes) || header.Family != KernelFamily.Bridge)
        {
            return null;
        }

        MacAddress mac = default;
        IPAddress? host = null;
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.Type == NeighbourHeader.MacAttribute && attribute.Value.Length == MacAddress.Length)
            {
                mac = new MacAddress(attribute.Value);
            }
            else if (attribute.Type == NeighbourHeader.AddressAttribute)
            {
                host = attribute.AsAddress();
            }
        }

        return host is null ? null : new TunnelEntry(header.Link, mac, host);
    }
}
