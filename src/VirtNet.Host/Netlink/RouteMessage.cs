using System.Net;
using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>A unicast route as the kernel tells it.</summary>
/// <param name="Link">The interface it leaves by (of several next hops: the first); 0 = none.</param>
internal sealed record RouteMessage(IPAddress Destination, int PrefixLength, int Link)
{
    public IPAddress? Gateway { get; init; }

    public IPAddress? PreferredSource { get; init; }

    public uint Metric { get; init; }

    public byte Protocol { get; init; } = BootProtocol;

    /// <summary>Whether the kernel will forget it by itself: learnt from a router advertisement.</summary>
    public bool Expires { get; init; }

    public uint Table { get; init; } = MainTable;

    /// <summary>Whether the host has it from a router advertisement: a route as such, or a prefix that is on the link for a while.</summary>
    public bool IsLearnt => Protocol == RouterAdvertisementProtocol || (Protocol == KernelProtocol && Expires);

    /// <summary>Whether it leads to exactly this subnet.</summary>
    public bool IsTo(IPAddress subnet, int prefixLength) => PrefixLength == prefixLength && Destination.Equals(subnet);

    public const byte KernelProtocol = 2;
    public const byte BootProtocol = 3;
    public const byte RouterAdvertisementProtocol = 9;
    public const uint MainTable = 254;

    private const int FixedLength = 12; // struct rtmsg
    private const byte Unicast = 1;
    private const byte Local = 2;
    private const byte Blackhole = 6; // it and those up to throw lead nowhere
    private const byte Throw = 9;
    private const byte GlobalScope = 0;
    private const byte LinkScope = 253;
    private const uint LookUpTable = 0x1000; // RTM_F_LOOKUP_TABLE: say in which table it was found
    private const uint MatchEntry = 0x2000; // RTM_F_FIB_MATCH: the entry of the table, not the way of this one packet
    private const int DestinationAttribute = 1;
    private const int SourceAttribute = 2;
    private const int InputLinkAttribute = 3;
    private const int LinkAttribute = 4;
    private const int GatewayAttribute = 5;
    private const int PriorityAttribute = 6;
    private const int PreferredSourceAttribute = 7;
    private const int MultipathAttribute = 9;
    private const int CacheInfoAttribute = 12;
    private const int TableAttribute = 15;

    /// <summary>Whether the host learnt it from somebody's router advertisement. Cheaper than parsing.</summary>
    public static bool TellsOfAdvertisement(in NetlinkMessage message) =>
        message.Payload.Length >= FixedLength && message.Payload[5] == RouterAdvertisementProtocol;

    /// <returns>Null for what is not a unicast route of IPv4 or IPv6.</returns>
    public static RouteMessage? TryParse(in NetlinkMessage message) =>
        message.Payload is { Length: >= FixedLength } payload && payload[7] == Unicast ? Parse(payload) : null;

    /// <summary>Also a route that leads nowhere, which says as well that its addresses are somebody's.</summary>
    public static RouteMessage? TryParseAny(in NetlinkMessage message) =>
        message.Payload is { Length: >= FixedLength } payload && payload[7] is Unicast or (>= Blackhole and <= Throw) ? Parse(payload) : null;

    /// <summary>The entry of an address of the host's own.</summary>
    public static RouteMessage? TryParseLocal(in NetlinkMessage message) =>
        message.Payload is { Length: >= FixedLength } payload && payload[7] == Local ? Parse(payload) : null;

    private static RouteMessage? Parse(ReadOnlySpan<byte> payload)
    {
        if (payload[0] is not (KernelFamily.Ipv4 or KernelFamily.Ipv6))
        {
            return null;
        }

        RouteMessage route = new(payload[0] == KernelFamily.Ipv4 ? IPAddress.Any : IPAddress.IPv6Any, payload[1], Link: 0)
        {
            Protocol = payload[5],
            Table = payload[4],
        };
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload[FixedLength..]))
        {
            route = attribute.Type switch
            {
                DestinationAttribute when attribute.AsAddress() is { } address => route with { Destination = address },
                LinkAttribute => route with { Link = attribute.AsInt32() },
                GatewayAttribute => route with { Gateway = attribute.AsAddress() },
                PriorityAttribute => route with { Metric = attribute.AsUInt32() },
                PreferredSourceAttribute => route with { PreferredSource = attribute.AsAddress() },
                MultipathAttribute when attribute.Value.Length >= 8 => // struct rtnexthop: the interface is at 4
                    route with { Link = MemoryMarshal.Read<int>(attribute.Value[4..]) },
                CacheInfoAttribute when attribute.Value.Length >= 12 => // struct rta_cacheinfo: the expiry is at 8
                    route with { Expires = MemoryMarshal.Read<int>(attribute.Value[8..]) != 0 },
                TableAttribute => route with { Table = attribute.AsUInt32() },
                _ => route,
            };
        }

        return route;
    }

    /// <summary>A message that adds or deletes a route.</summary>
    public static void Write(ref NetlinkWriter writer, NetlinkType type, NetlinkFlags flags, RouteMessage route)
    {
        writer.BeginMessage(type, flags | NetlinkFlags.Acknowledge);
        writer.WriteByte(KernelFamily.Of(route.Destination));
        writer.WriteByte((byte)route.PrefixLength);
        writer.WriteByte(0); // source prefix
        writer.WriteByte(0); // type of service
        writer.WriteByte((byte)route.Table);
        writer.WriteByte(route.Protocol);
        writer.WriteByte(route.Gateway is null ? LinkScope : GlobalScope);
        writer.WriteByte(Unicast);
        writer.WriteUInt32(0); // flags
        writer.WriteAttribute(DestinationAttribute, route.Destination.GetAddressBytes());
        writer.WriteAttribute(LinkAttribute, (uint)route.Link);
        if (route.Gateway is { } gateway)
        {
            writer.WriteAttribute(GatewayAttribute, gateway.GetAddressBytes());
        }

        if (route.PreferredSource is { } source)
        {
            writer.WriteAttribute(PreferredSourceAttribute, source.GetAddressBytes());
        }

        if (route.Metric != 0)
        {
            writer.WriteAttribute(PriorityAttribute, route.Metric);
        }

        writer.EndMessage();
    }

    /// <summary>A dump of the routes of one family, of one link or of all (0).</summary>
    /// <param name="table">0 = every table.</param>
    public static void WriteDump(ref NetlinkWriter writer, byte family, int link, byte table = (byte)MainTable)
    {
        writer.BeginMessage(NetlinkType.GetRoute, NetlinkFlags.Dump);
        writer.WriteBytes([family, 0, 0, 0, table, 0, 0, 0]);
        writer.WriteUInt32(0); // flags
        if (link != 0)
        {
            writer.WriteAttribute(LinkAttribute, (uint)link);
        }

        writer.EndMessage();
    }

    /// <summary>A question for the route that a packet to this address takes: one answer, whatever the size of the table.</summary>
    /// <param name="source">Of what is sent on from elsewhere, or of the host's own; null = not known.</param>
    /// <param name="link">By which it comes in; 0 = the host sends it.</param>
    public static void WriteLookup(ref NetlinkWriter writer, IPAddress destination, IPAddress? source = null, int link = 0)
    {
        byte[] bytes = destination.GetAddressBytes();
        writer.BeginMessage(NetlinkType.GetRoute, NetlinkFlags.None);
        writer.WriteBytes([KernelFamily.Of(destination), (byte)(bytes.Length * 8), (byte)(source is null ? 0 : bytes.Length * 8), 0, 0, 0, 0, 0]);
        writer.WriteUInt32(LookUpTable | MatchEntry);
        writer.WriteAttribute(DestinationAttribute, bytes);
        if (source is not null)
        {
            writer.WriteAttribute(SourceAttribute, source.GetAddressBytes());
        }

        if (link != 0)
        {
            writer.WriteAttribute(InputLinkAttribute, (uint)link);
        }

        writer.EndMessage();
    }
}
