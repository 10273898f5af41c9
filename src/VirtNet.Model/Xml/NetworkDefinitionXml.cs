using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// The <c>&lt;network&gt;</c> element. Reading goes through the parts in libvirt's order, because of several mistakes
/// the first one read is the one reported; printing has an order of its own.
/// </summary>
internal static class NetworkDefinitionXml
{
    /// <param name="text">The element as it is written, which a tree does not keep in all: asked for where something needs it.</param>
    public static NetworkDefinition Parse(XElement network, Func<string> text)
    {
        string name = ParseName(network);
        NetworkDefinition definition = new()
        {
            Name = name,
            Uuid = ParseUuid(network),
            Title = ParseTitle(network),
            Description = network.ChildText("description"),
            GuestIpv6 = ParseGuestIpv6(network, name),
            TrustGuestRxFilters = network.YesNo("trustGuestRxFilters"),
            Domain = network.Element("domain") is { } domain ? DomainNameXml.Parse(domain, name) : null,
            Bandwidth = network.Element("bandwidth") is { } bandwidth ? BandwidthXml.Parse(bandwidth) : null,
            Vlan = network.Element("vlan") is { } vlan ? VlanXml.Parse(vlan) : null,
            PortIsolated = network.Element("port")?.YesNo("isolated"),
            Bridge = network.Element("bridge") is { } bridge ? BridgeXml.Parse(bridge, name) : null,
            Mac = network.Element("mac") is { } mac ? ParseMac(mac, name) : null,
            Mtu = network.Element("mtu") is { } mtu ? ParseMtu(mtu, name) : 0,
            Dns = network.Element("dns") is { } dns ? DnsXml.Parse(dns, name) : null,
            VirtualPort = network.Element("virtualport") is { } port
                ? VirtualPortXml.Parse(port, typeRequired: true)
                : null,
            PortGroups = network.ParseAll("portgroup", PortGroupXml.Parse),
            Ips = network.ParseAll("ip", ip => IpXml.Parse(ip, name)),
            Routes = network.ParseAll("route", route => RouteXml.Parse(route, name)),
        };
        CheckGateways(network, definition);
        definition = definition with
        {
            Forward = network.Element("forward") is { } forward ? ForwardXml.Parse(forward, name) : Forward.None,
        };
        ForwardModeRules.Check(network, definition);
        return definition with
        {
            Metadata = network.Element("metadata") is { HasElements: true } ? MetadataXml.Parse(text()) : null,
            DnsmasqOptions = DnsmasqOptionsXml.Parse(network),
        };
    }

    public static XElement Format(NetworkDefinition definition, NetworkXmlOptions options)
    {
        XElement network = new("network",
            DnsmasqOptionsXml.FormatDeclaration(definition.DnsmasqOptions),
            ElementWriting.NonZero("connections", (ulong)options.Connections),
            definition.GuestIpv6 ? new XAttribute("ipv6", "yes") : null,
            ElementWriting.Attribute("trustGuestRxFilters", definition.TrustGuestRxFilters),
            new XElement("name", definition.Name),
            definition.Uuid is { } uuid ? new XElement("uuid", uuid.ToString("D")) : null,
            definition.Title is { } title ? new XElement("title", title) : null,
            definition.Description is { } description ? new XElement("description", description) : null,
            MetadataXml.Format(definition.Metadata),
            ForwardXml.Format(definition.Forward, options),
            BridgeXml.Format(definition.Bridge, definition.OwnsBridge),
            definition.Mtu > 0 ? new XElement("mtu", ElementWriting.Number("size", definition.Mtu)) : null,
            definition.Mac is { } mac ? new XElement("mac", new XAttribute("address", mac.ToString())) : null,
            definition.Domain is { } domain ? DomainNameXml.Format(domain) : null,
            definition.Dns is { } dns ? DnsXml.Format(dns) : null,
            definition.Vlan is { } vlan ? VlanXml.Format(vlan) : null,
            definition.Bandwidth is { } bandwidth ? BandwidthXml.Format(bandwidth) : null,
            definition.PortIsolated is { } isolated
                ? new XElement("port", ElementWriting.Attribute("isolated", isolated)) : null);
        network.AddAll(definition.Ips, IpXml.Format);
        network.AddAll(definition.Routes, RouteXml.Format);
        network.Add(definition.VirtualPort is { } port ? VirtualPortXml.Format(port) : null);
        network.AddAll(definition.PortGroups, PortGroupXml.Format);
        network.Add(DnsmasqOptionsXml.Format(definition.DnsmasqOptions));
        return network;
    }

    private static string ParseName(XElement network)
    {
        string name = network.ChildText("name")
            ?? throw new VirtNetException(VirErrorCode.NoName, "missing name information")
            {
                Position = network.Position(),
            };
        return name.Contains('/', StringComparison.Ordinal)
            ? throw network.Element("name")!.XmlDetail("invalid char in name: /", VirErrorDomain.Xml)
            : name;
    }

    private static Guid? ParseUuid(XElement network)
    {
        if (network.ChildText("uuid") is not { } text)
        {
            return null;
        }

        return UuidText.TryParse(text, out Guid uuid)
            ? uuid
            : throw network.Element("uuid")!.Internal("malformed uuid element");
    }

    private static string? ParseTitle(XElement network) =>
        network.ChildText("title") is { } title && title.Contains('\n', StringComparison.Ordinal)
            ? throw network.Element("title")!.XmlError("Network title can't contain newlines")
            : network.ChildText("title");

    private static bool ParseGuestIpv6(XElement network, string name) => network.NonEmpty("ipv6") switch
    {
        "yes" => true,
        "no" or null => false,
        var other => throw network.At("ipv6").XmlError($"Invalid ipv6 setting '{other}' in network '{name}'"),
    };

    private static MacAddress? ParseMac(XElement mac, string name)
    {
        if (mac.NonEmpty("address") is not { } text)
        {
            return null;
        }

        if (!MacAddress.TryParse(text, out MacAddress address))
        {
            throw mac.At("address").XmlError($"Invalid bridge mac address '{text}' in network '{name}'");
        }

        return address.IsMulticast
            ? throw mac.At("address").XmlError($"Invalid multicast bridge mac address '{text}' in network '{name}'")
            : address;
    }

    private static uint ParseMtu(XElement mtu, string name)
    {
        if (mtu.NonEmpty("size") is not { } text)
        {
            return 0;
        }

        return NumberText.TryParse(text, radix: 10, out uint size)
            ? size
            : throw mtu.At("size").XmlError($"Invalid mtu size '{text}' in network '{name}'");
    }

    private static void CheckGateways(XElement network, NetworkDefinition definition)
    {
        if (definition.Routes.Count == 0)
        {
            return;
        }

        OwnSubnets subnets = new(definition.Ips);
        int index = 0;
        foreach (XElement route in network.Elements("route"))
        {
            RouteXml.CheckGateway(route, definition.Routes[index++], subnets, definition.Name);
        }
    }
}
