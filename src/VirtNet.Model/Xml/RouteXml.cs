using System.Net;
using System.Net.Sockets;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;route family= address= netmask= prefix= gateway= metric=/&gt;</c>.</summary>
internal static class RouteXml
{
    public static RouteDefinition Parse(XElement route, string network)
    {
        uint? prefix = route.UInt32("prefix");
        uint metric = ParseMetric(route);
        Require(route, "address", network);
        Require(route, "gateway", network);
        RouteDefinition parsed = new(
            Address: ParseAddress(route, "address", network, "network"),
            Gateway: ParseAddress(route, "gateway", network, "gateway"))
        {
            Family = route.Text("family"),
            Prefix = prefix,
            Metric = metric,
        };
        CheckFamily(route, parsed, network);
        parsed = parsed with { Netmask = parsed.IsIpv6 ? null : ParseNetmask(route, parsed, network) };
        CheckPrefix(route, parsed, network);
        CheckNetworkAddress(route, parsed, network);
        return parsed;
    }

    /// <summary>The gateway must be in the subnet of one of the network's own addresses.</summary>
    public static void CheckGateway(XElement route, RouteDefinition parsed, OwnSubnets subnets, string network)
    {
        if (!subnets.Contain(parsed.Gateway))
        {
            throw route.At("gateway").Unsupported(
                $"unreachable static route gateway '{AddressText.Format(parsed.Gateway)}' specified for "
                + $"network '{network}'");
        }
    }

    public static XElement Format(RouteDefinition route) => new("route",
        ElementWriting.Attribute("family", route.Family),
        ElementWriting.Attribute("address", route.Address),
        ElementWriting.Attribute("netmask", route.Netmask),
        route.Prefix is { } prefix ? ElementWriting.Number("prefix", prefix) : null,
        ElementWriting.Attribute("gateway", route.Gateway),
        ElementWriting.NonZero("metric", route.Metric));

    private static uint ParseMetric(XElement route) => route.UInt32("metric") switch
    {
        0 => throw route.At("metric").XmlError(
            "Invalid value for attribute 'metric' in element 'route': Zero is not permitted", VirErrorDomain.Xml),
        var metric => metric ?? 0,
    };

    private static void Require(XElement route, string attribute, string network)
    {
        if (route.Attribute(attribute) is null)
        {
            throw Refused(route, network, $"Missing required {attribute} attribute in route definition");
        }
    }

    private static IPAddress ParseAddress(XElement route, string attribute, string network, string what) =>
        AddressText.TryParse(route.Text(attribute), out IPAddress? address)
            ? address
            : throw Refused(
                route.At(attribute), network, $"Bad {what} address '{route.Text(attribute)}' in route definition");

    /// <summary>The texts about an IPv4 gateway name the address: that is how libvirt writes them.</summary>
    private static void CheckFamily(XElement route, RouteDefinition parsed, string network)
    {
        string address = route.Text("address")!;
        bool gatewayIpv6 = parsed.Gateway.AddressFamily == AddressFamily.InterNetworkV6;
        string? wrong = parsed.Family switch
        {
            null when parsed.IsIpv6 => $"No family specified for non-IPv4 address '{address}'",
            null when gatewayIpv6 => $"No family specified for non-IPv4 gateway '{address}'",
            "ipv4" when parsed.IsIpv6 => $"IPv4 family specified for non-IPv4 address '{address}'",
            "ipv4" when gatewayIpv6 => $"IPv4 family specified for non-IPv4 gateway '{address}'",
            "ipv6" when !parsed.IsIpv6 => $"ipv6 family specified for non-IPv6 address '{address}'",
            "ipv6" when route.Attribute("netmask") is not null =>
                $"Specifying netmask invalid for IPv6 address '{address}'",
            "ipv6" when !gatewayIpv6 => $"ipv6 specified for non-IPv6 gateway address '{route.Text("gateway")}'",
            null or "ipv4" or "ipv6" => null,
            _ => $"Unrecognized family '{parsed.Family}'",
        };
        if (wrong is not null)
        {
            throw Refused(route.At("family"), network, $"{wrong} in route definition");
        }
    }

    private static IPAddress? ParseNetmask(XElement route, RouteDefinition parsed, string network)
    {
        if (route.Attribute("netmask") is not { } at)
        {
            return null;
        }

        IPAddress netmask = ParseAddress(route, "netmask", network, "netmask");
        if (netmask.AddressFamily != AddressFamily.InterNetwork)
        {
            throw Refused(
                at, network, $"Invalid netmask '{at.Value}' for address '{route.Text("address")}' (both must be IPv4)");
        }

        return parsed.Prefix is null
            ? netmask
            : throw Refused(at, network, "Route definition cannot have both a prefix and a netmask");
    }

    private static void CheckPrefix(XElement route, RouteDefinition parsed, string network)
    {
        int longest = parsed.IsIpv6 ? 128 : 32;
        if (parsed.Prefix > longest)
        {
            throw Refused(
                route.At("prefix"), network,
                $"Invalid prefix {parsed.Prefix} specified in route definition, must be 0 - {longest}");
        }
    }

    /// <summary>A missing prefix counts as 0, so that only a default route passes without one.</summary>
    private static void CheckNetworkAddress(XElement route, RouteDefinition parsed, string network)
    {
        bool isNetwork = parsed.Netmask is { } netmask
            ? (Subnet.ToUInt32(parsed.Address) & ~Subnet.ToUInt32(netmask)) == 0
            : parsed.Address.Equals(Subnet.NetworkAddress(parsed.Address, parsed.EffectivePrefix));
        if (!isNetwork)
        {
            throw Refused(
                route.At("address"), network,
                $"Address '{route.Text("address")}' in route definition is not a network address");
        }
    }

    private static VirtNetException Refused(XObject at, string network, string detail) =>
        at.XmlError($"{network}: {detail}");
}
