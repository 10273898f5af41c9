using System.Net;
using VirtNet.Model.Publishing;
using VirtNet.Model;

namespace VirtNet.Host.Neighbours;

/// <summary>The packets without which guests of a network are cut off, at each hook that they come through.</summary>
internal static class SamplePackets
{
    private const ushort DnsPort = 53;

    /// <summary>Two hosts of the Internet that no local rule speaks of.</summary>
    public static readonly IPAddress Outside4 = IPAddress.Parse("9.9.9.9");
    public static readonly IPAddress Outside6 = IPAddress.Parse("2620:fe::9");

    private static readonly IPAddress Unspecified4 = IPAddress.Any;
    private static readonly IPAddress Unspecified6 = IPAddress.Parse("fe80::1:2:3:4");
    private static readonly IPAddress AllDhcpServers6 = IPAddress.Parse("ff02::1:2");

    /// <summary>Each port of a bridge is one more of each packet.</summary>
    private const int MostPorts = 64;

    private static readonly IPAddress AllNodes6 = IPAddress.Parse("ff02::1");
    private static readonly IPAddress AllRouters6 = IPAddress.Parse("ff02::2");

    /// <param name="hook">As nftables names it.</param>
    /// <param name="ports">Of a firewall that sees the bridge's frames, the ports at which it does; null = of one that sees packets.</param>
    public static IEnumerable<SamplePacket> At(string hook, GuestNetwork network, HostWays ways, IReadOnlyList<string>? ports) =>
        ports is not null ? Frames(hook, network, ways, [.. ports.Take(MostPorts)]) : hook switch
        {
            "ingress" => [.. ToHost(network), .. FromGuests(network, ways, routed: false)],
            "prerouting" => [.. ToHost(network), .. FromGuests(network, ways, routed: false), .. FromOutside(network, ways)],
            "input" => ToHost(network),
            "forward" => [.. FromGuests(network, ways, routed: true), .. ToGuests(network, ways), .. ways.BridgedIsFiltered ? Among(network) : []],
            "output" => Answers(network),
            "egress" => [.. Answers(network), .. ToGuests(network, ways)],
            "postrouting" => [.. Answers(network), .. FromGuests(network, ways, routed: true), .. ToGuests(network, ways)],
            _ => [],
        };

    /// <summary>At the links by which the host reaches the outside, of a firewall that is asked there.</summary>
    public static IEnumerable<SamplePacket> AtUplinks(string hook, GuestNetwork network, HostWays ways, IReadOnlyCollection<string> links) => hook switch
    {
        "ingress" => FromOutside(network, ways).Where(packet => links.Contains(packet.In)),
        "egress" => FromGuests(network, ways, routed: true).Where(packet => links.Contains(packet.Out)).Select(packet => packet with { Source = null }),
        _ => [],
    };

    /// <summary>Answers to guests on their way in. To which of the host's addresses they come is not known.</summary>
    private static IEnumerable<SamplePacket> FromOutside(GuestNetwork network, HostWays ways) =>
        ToGuests(network, ways).Where(packet => packet.In is not null)
            .Select(packet => packet with { Out = null, Destination = null, DestinationType = null });

    /// <summary>The same on the bridge, at each of its ports.</summary>
    private static IEnumerable<SamplePacket> Frames(string hook, GuestNetwork network, HostWays ways, string?[] ports)
    {
        IEnumerable<SamplePacket> packets = hook switch
        {
            "ingress" or "prerouting" => [.. ToHost(network), .. FromGuests(network, ways, routed: false)],
            "input" => ToHost(network),
            "forward" => Among(network),
            "output" => Answers(network),
            "egress" or "postrouting" => [.. Answers(network), .. Among(network)],
            _ => [],
        };
        foreach (SamplePacket packet in packets)
        {
            for (int i = 0; i < Math.Max(ports.Length, 1); i++)
            {
                string? port = ports.ElementAtOrDefault(i);
                bool among = packet is { In: not null, Out: not null };
                yield return packet with
                {
                    IsFrame = true,
                    Guests = network.Ips.FirstOrDefault(ip => ip.IsIpv6 == packet.IsIpv6)?.Network,
                    InPort = packet.In is null ? null : port,
                    OutPort = packet.Out is null ? null : among && port is not null ? ports[(i + 1) % ports.Length] : port,
                };
            }
        }
    }

    private static IEnumerable<SamplePacket> ToHost(GuestNetwork network)
    {
        if (network.ServesDhcp(ipv6: false))
        {
            yield return new SamplePacket(Traffic.Dhcp, network.Bridge, null, Unspecified4, IPAddress.Broadcast)
                { SourcePort = 68, DestinationPort = 67, DestinationType = "broadcast" };
        }

        if (network.ServesDhcp(ipv6: true))
        {
            yield return new SamplePacket(Traffic.Dhcp, network.Bridge, null, Unspecified6, AllDhcpServers6)
                { SourcePort = 546, DestinationPort = 547, DestinationType = "multicast" };
        }

        foreach (IpDefinition ip in network.ServesNames ? network.Ips : [])
        {
            yield return new SamplePacket(Traffic.Dns, network.Bridge, null, GuestOf(ip), ip.Address)
                { DestinationPort = DnsPort, DestinationType = "local" };
        }

        foreach (IpDefinition ip in network.Ips)
        {
            yield return ip.IsIpv6
                ? Icmp(Traffic.Neighbours, network.Bridge, null, GuestOf(ip), SolicitedNode(ip.Address), IcmpTypes.NeighbourSolicitation)
                : Arp(network.Bridge, null, GuestOf(ip), ip.Address);
            yield return new SamplePacket(Traffic.Ping, network.Bridge, null, GuestOf(ip), ip.Address)
            {
                Protocol = ip.IsIpv6 ? "icmpv6" : "icmp",
                IcmpType = ip.IsIpv6 ? IcmpTypes.EchoRequest6 : IcmpTypes.EchoRequest4,
                DestinationType = "local",
            };
        }

        if (network.Has(ipv6: true))
        {
            yield return Icmp(Traffic.Routers, network.Bridge, null, Unspecified6, AllRouters6, IcmpTypes.RouterSolicitation);
        }
    }

    /// <summary>The first of a connection from outside to a publication of the host itself, translated already.</summary>
    public static SamplePacket ToPublished(HostPublication place, HostWays? ways) => new(
        Traffic.Outside, place.Interface ?? (place.Ipv6 ? ways?.Uplink6 : ways?.Uplink4), Out: null,
        place.Sources.Count > 0 ? place.Sources[0].BaseAddress : place.Ipv6 ? Outside6 : Outside4, Destination: null)
    {
        Protocol = place.Protocol?.Name() ?? "tcp",
        DestinationPort = place.Targets[0].FirstPort ?? place.Ports!.Value.First,
        DestinationType = "local",
        IsTranslated = true,
        OriginalDestination = place.Address,
        OriginalPort = place.Ports!.Value.First,
        Links = ways?.Links ?? (_ => null),
    };

    /// <summary>Likewise to one of guests: to whom is not said.</summary>
    public static SamplePacket ToPublishedGuest(HostPublication place, string bridge, HostWays? ways) =>
        ToPublished(place, ways) with { Out = bridge, DestinationType = "unicast" };

    private static IEnumerable<SamplePacket> Answers(GuestNetwork network)
    {
        foreach (IpDefinition ip in network.ServesNames ? network.Ips : [])
        {
            yield return new SamplePacket(Traffic.Dns, null, network.Bridge, ip.Address, GuestOf(ip))
                { SourcePort = DnsPort, DestinationPort = 40000, Established = true };
        }

        foreach (IpDefinition ip in network.Ips)
        {
            yield return ip.IsIpv6
                ? Icmp(Traffic.Neighbours, null, network.Bridge, ip.Address, GuestOf(ip), IcmpTypes.NeighbourAdvertisement)
                : Arp(null, network.Bridge, ip.Address, GuestOf(ip));
        }

        if (network.Has(ipv6: true))
        {
            yield return Icmp(Traffic.Routers, null, network.Bridge, Unspecified6, AllNodes6, IcmpTypes.RouterAdvertisement);
        }
    }

    private static IEnumerable<SamplePacket> FromGuests(GuestNetwork network, HostWays ways, bool routed) =>
        (network.Forwards ? network.Ips : []).Select(ip =>
            new SamplePacket(
                Traffic.Outside, network.Bridge, routed ? ways.UplinkOf(network, ip.IsIpv6) : null,
                GuestOf(ip), ip.IsIpv6 ? Outside6 : Outside4)
                { Protocol = "tcp", DestinationPort = 443 });

    private static IEnumerable<SamplePacket> ToGuests(GuestNetwork network, HostWays ways) =>
        (network.Forwards ? network.Ips : []).Select(ip =>
            new SamplePacket(
                Traffic.Outside, ways.UplinkOf(network, ip.IsIpv6), network.Bridge,
                ip.IsIpv6 ? Outside6 : Outside4, GuestOf(ip))
                { Protocol = "tcp", SourcePort = 443, DestinationPort = 40000, Established = true });

    private static IEnumerable<SamplePacket> Among(GuestNetwork network) => network.Ips.Select(ip =>
        new SamplePacket(Traffic.Guests, network.Bridge, network.Bridge, GuestOf(ip), GuestOf(ip))
            { Protocol = "tcp", DestinationPort = 443 });

    private static SamplePacket Icmp(Traffic traffic, string? from, string? to, IPAddress source, IPAddress destination, byte type) =>
        new(traffic, from, to, source, destination)
        {
            Protocol = "icmpv6",
            IcmpType = type,
            HopLimit = byte.MaxValue, // so that it is of this link (RFC 4861, 6.1 and 7.1)
            DestinationType = destination.IsIPv6Multicast ? "multicast" : "unicast",
        };

    private static SamplePacket Arp(string? from, string? to, IPAddress source, IPAddress destination) =>
        new(Traffic.Neighbours, from, to, source, destination)
            { Protocol = SamplePacket.ArpProtocol, DestinationType = from is null ? "unicast" : "broadcast" };

    /// <summary>The group in which an address is asked for (RFC 4291, 2.7.1).</summary>
    private static IPAddress SolicitedNode(IPAddress address) =>
        new([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, .. address.GetAddressBytes()[^3..]]);

    /// <summary>An address of the subnet that is not the bridge's.</summary>
    private static IPAddress GuestOf(IpDefinition ip)
    {
        byte[] bytes = ip.Address.GetAddressBytes();
        bytes[^1] ^= 1;
        return new IPAddress(bytes);
    }
}

/// <summary>What must be known of the host to say which way packets take.</summary>
/// <param name="Uplink4">The link of the default route; null = none.</param>
/// <param name="BridgedIsFiltered">Whether the kernel passes a bridge's frames to the IP firewall too (br_netfilter).</param>
internal sealed record HostWays(string? Uplink4, string? Uplink6, bool BridgedIsFiltered, Func<string, IEnumerable<string>> PortsOf)
{
    /// <summary>What is known of links; null = nothing.</summary>
    public Func<string, LinkTraits?> Links { get; init; } = _ => null;

    public string? UplinkOf(GuestNetwork network, bool ipv6) => network.Device ?? (ipv6 ? Uplink6 : Uplink4);
}
