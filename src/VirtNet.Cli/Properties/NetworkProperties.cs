using VirtNet.Model.Xml;

namespace VirtNet.Cli.Properties;

/// <summary>All that net-get, net-set and net-unset know: the one table behind parsing, help, completion and manual.</summary>
internal static class NetworkProperties
{
    private static readonly string[] YesNo = ["yes", "no"];

    public static IReadOnlyList<NetworkProperty> All { get; } =
    [
        new TextProperty("title", "a line about the network"),
        new TextProperty("description", "more about it"),
        new ModeProperty("mode", "how guests reach the world") { Values = ForwardModes.All },
        new UplinkProperty("uplink", "the interface of the host that guests go out by"),
        new SubnetProperty("subnet", Ipv6: false, "the IPv4 addresses, as A.B.C.D/LENGTH or auto; what lies inside moves along"),
        new GatewayProperty("gateway", Ipv6: false, "the host's IPv4 address on the network"),
        new SubnetProperty("ipv6.subnet", Ipv6: true, "the IPv6 addresses, as PREFIX/LENGTH or auto; what lies inside moves along"),
        new GatewayProperty("ipv6.gateway", Ipv6: true, "the host's IPv6 address on the network"),
        new AttributeProperty("ipv6.guests", "", "ipv6", "without an IPv6 subnet, guests may talk IPv6 among themselves") { Values = YesNo },
        new RangeProperty("dhcp.range", $"{XmlPlace.Ipv4}/dhcp", "range", "the IPv4 addresses that guests get, FIRST-LAST") { IsList = true },
        new LeaseTimeProperty("dhcp.lease-time", "how long they get them: a number with s, m or h behind it, or infinite"),
        new RangeProperty("dhcp6.range", $"{XmlPlace.Ipv6}/dhcp", "range", "the IPv6 addresses that guests get, FIRST-LAST") { IsList = true },
        new AttributeProperty("boot.file", $"{XmlPlace.Ipv4}/dhcp/bootp", "file", "what guests boot from the network") { IsWhole = true },
        new AttributeProperty("boot.server", $"{XmlPlace.Ipv4}/dhcp/bootp", "server", "where they get it; without it, from the host"),
        new AttributeProperty("tftp.root", $"{XmlPlace.Ipv4}/tftp", "root", "the folder of the host that guests read by TFTP") { IsWhole = true },
        new AttributeProperty("domain", "domain", "name", "the DNS domain of the guests") { IsWhole = true },
        new AttributeProperty("domain.local-only", "domain", "localOnly", "its unknown names are asked of nobody else") { Values = YesNo },
        new AttributeProperty("domain.register", "domain", "register", "the host resolves its names, too (systemd-resolved)") { Values = YesNo },
        new AttributeProperty("dns", "dns", "enable", "names are answered") { Values = YesNo },
        new ForwarderProperty("dns.forwarder", "the name servers that are asked for the rest; without it, the host's"),
        new AttributeProperty("dns.forward-plain-names", "dns", "forwardPlainNames", "names without a dot are asked of them, too") { Values = YesNo },
        new AttributeProperty("dns.local-ptr", XmlPlace.Ipv4, "localPtr", "unknown addresses of it are asked of nobody else") { Values = YesNo },
        new RangeProperty("nat.addresses", "forward/nat", "address", "the addresses that guests go out under, FIRST-LAST or one") { MayBeOne = true },
        new RangeProperty("nat.ports", "forward/nat", "port", "the ports that they go out from, FIRST-LAST or one") { MayBeOne = true },
        new AttributeProperty("nat.ipv6", "forward/nat", "ipv6", "IPv6 is translated, too") { Values = YesNo },
        new AttributeProperty("bridge", "bridge", "name", "the bridge"),
        new AttributeProperty("bridge.stp", "bridge", "stp", "the spanning tree protocol") { Values = ["on", "off"] },
        new AttributeProperty("bridge.delay", "bridge", "delay", "its forward delay in seconds"),
        new AttributeProperty("bridge.zone", "bridge", "zone", "the zone of firewalld"),
        new AttributeProperty("bridge.mac-table", "bridge", "macTableManager", "who fills the bridge's table") { Values = ["kernel", "libvirt"] },
        new AttributeProperty("mac", "mac", "address", "the bridge's MAC address") { IsWhole = true },
        new AttributeProperty("mtu", "mtu", "size", "the largest packet, in octets") { IsWhole = true },
        .. Limits("inbound", "to the guests"),
        .. Limits("outbound", "from the guests"),
        new AttributeProperty("port.isolated", "port", "isolated", "guests do not reach each other") { Values = YesNo },
        new AttributeProperty("trust-guest-rx-filters", "", "trustGuestRxFilters", "guests may change their MAC addresses") { Values = YesNo },
    ];

    /// <exception cref="CommandFailure">There is none; the hint says which may be meant.</exception>
    public static NetworkProperty Get(string key)
    {
        foreach (NetworkProperty property in All)
        {
            if (property.Key == key)
            {
                return property;
            }
        }

        throw new CommandFailure($"unknown property '{key}'")
        {
            Hints =
            [
                NearestName.Find(key, [.. All.Select(property => property.Key)]) is { } meant ? $"did you mean '{meant}'?" : "net-get lists all",
            ],
        };
    }

    private static IEnumerable<NetworkProperty> Limits(string direction, string whose) =>
    [
        new AttributeProperty(
            $"bandwidth.{direction}.average", $"bandwidth/{direction}", "average", $"what may go {whose}, in kilobytes a second") { IsWhole = true },
        new AttributeProperty(
            $"bandwidth.{direction}.peak", $"bandwidth/{direction}", "peak", "the most for a moment, in kilobytes a second"),
        new AttributeProperty(
            $"bandwidth.{direction}.burst", $"bandwidth/{direction}", "burst", "how much may go at the peak, in kilobytes"),
    ];
}
