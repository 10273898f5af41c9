using System.Net;
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

    /// <param name="hook">As nftables names it.</param>
    /// <param name="frames">Of a firewall that sees the bridge's frames.</param>
    public static IEnumerable<SamplePacket> At(string hook, GuestNetwork network, HostWays ways, bool frames) => hook switch
    {
        "ingress" or "prerouting" => [.. ToHost(network, frames), .. FromGuests(network, ways, routed: false, frames)],
        "input" => ToHost(network, frames),
        "forward" when frames => Among(network, frames),
        "forward" => [.. FromGuests(network, ways, routed: true, frames), .. ToGuests(network, ways), .. ways.BridgedIsFiltered ? Among(network, frames) : []],
        "output" => Answers(network, frames),
        "egress" or "postrouting" when frames => [.. Answers(network, frames), .. Among(network, frames)],
        "egress" => [.. Answers(network, frames), .. ToGuests(network, ways)],
        "postrouting" => [.. Answers(network, frames), .. FromGuests(network, ways, routed: true, frames), .. ToGuests(network, ways)],
        _ => [],
    };

    private static IEnumerable<SamplePacket> ToHost(GuestNetwork network, bool frames)
    {
        if (network.ServesDhcp(ipv6: false))
        {
            yield return new SamplePacket(Traffic.Dhcp, network.Bridge, null, Unspecified4, IPAddress.Broadcast)
                { SourcePort = 68, DestinationPort = 67, DestinationType = "broadcast", IsFrame = frames };
        }

        if (network.ServesDhcp(ipv6: true))
        {
            yield return new SamplePacket(Traffic.Dhcp, network.Bridge, null, Unspecified6, AllDhcpServers6)
                { SourcePort = 546, DestinationPort = 547, DestinationType = "multicast", IsFrame = frames };
        }

        foreach (IpDefinition ip in network.ServesNames ? network.Ips : [])
        {
            yield return new SamplePacket(Traffic.Dns, network.Bridge, null, GuestOf(ip), ip.Address)
                { DestinationPort = DnsPort, DestinationType = "local", IsFrame = frames };
        }
    }

    private static IEnumerable<SamplePacket> Answers(GuestNetwork network, bool frames) =>
        (network.ServesNames ? network.Ips : []).Select(ip =>
            new SamplePacket(Traffic.Dns, null, network.Bridge, ip.Address, GuestOf(ip))
                { SourcePort = DnsPort, DestinationPort = 40000, Established = true, IsFrame = frames });

    private static IEnumerable<SamplePacket> FromGuests(GuestNetwork network, HostWays ways, bool routed, bool frames) =>
        (network.Forwards ? network.Ips : []).Select(ip =>
            new SamplePacket(
                Traffic.Outside, network.Bridge, routed ? ways.UplinkOf(network, ip.IsIpv6) : null,
                GuestOf(ip), ip.IsIpv6 ? Outside6 : Outside4)
                { Protocol = "tcp", DestinationPort = 443, IsFrame = frames });

    private static IEnumerable<SamplePacket> ToGuests(GuestNetwork network, HostWays ways) =>
        (network.Forwards ? network.Ips : []).Select(ip =>
            new SamplePacket(
                Traffic.Outside, ways.UplinkOf(network, ip.IsIpv6), network.Bridge,
                ip.IsIpv6 ? Outside6 : Outside4, GuestOf(ip))
                { Protocol = "tcp", SourcePort = 443, DestinationPort = 40000, Established = true });

    private static IEnumerable<SamplePacket> Among(GuestNetwork network, bool frames) => network.Ips.Select(ip =>
        new SamplePacket(Traffic.Guests, network.Bridge, network.Bridge, GuestOf(ip), GuestOf(ip))
            { Protocol = "tcp", DestinationPort = 443, IsFrame = frames });

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
    public string? UplinkOf(GuestNetwork network, bool ipv6) => network.Device ?? (ipv6 ? Uplink6 : Uplink4);
}
