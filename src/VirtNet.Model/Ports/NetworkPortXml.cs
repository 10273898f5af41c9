using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Ports;

/// <summary>Network ports from and to text, in libvirt's format.</summary>
public static class NetworkPortXml
{
    /// <exception cref="VirtNetException">With libvirt's code, domain and text, and the place in the text.</exception>
    public static NetworkPort Parse(string xml)
    {
        XElement port = XmlSource.Read(xml, "networkport");

        // In the order in which libvirt looks at them: it decides which of several errors is the one reported.
        Guid uuid = ParseUuid(port, "network port has no uuid");
        XElement owner = port.Element("owner") ?? new XElement("owner");
        string ownerName = owner.ChildText("name") ?? throw port.Internal("network port has no owner name");
        return new NetworkPort
        {
            Uuid = uuid,
            OwnerName = ownerName,
            OwnerUuid = ParseUuid(owner, "network port has no owner UUID"),
            Group = port.ChildText("group"),
            VirtualPort = port.Element("virtualport") is { } virtualPort
                ? VirtualPortXml.Parse(virtualPort, typeRequired: false) : null,
            Mac = ParseMac(port),
            Bandwidth = port.Element("bandwidth") is { } bandwidth ? BandwidthXml.Parse(bandwidth, forPort: true) : null,
            Vlan = port.Element("vlan") is { } vlan ? VlanXml.Parse(vlan) : null,
            Isolated = port.Element("port")?.YesNo("isolated"),
            TrustGuestRxFilters = port.Element("rxfilters")?.YesNo("trustGuest"),
            Plug = port.Element("plug") is { } plug ? PortPlugXml.Parse(plug) : new PortPlug.None(),
        };
    }

    public static string Format(NetworkPort port) => XmlPrinter.Print(ToElement(port));

    internal static XElement ToElement(NetworkPort port) => new("networkport",
        new XElement("uuid", port.Uuid.ToString("D")),
        new XElement("owner",
            new XElement("name", port.OwnerName),
            new XElement("uuid", port.OwnerUuid.ToString("D"))),
        port.Group is { } group ? new XElement("group", group) : null,
        new XElement("mac", new XAttribute("address", port.Mac.ToString())),
        port.VirtualPort is { } virtualPort ? VirtualPortXml.Format(virtualPort) : null,
        port.Bandwidth is { } bandwidth ? BandwidthXml.Format(bandwidth) : null,
        port.Vlan is { } vlan ? VlanXml.Format(vlan) : null,
        port.Isolated is { } isolated ? new XElement("port", ElementWriting.Attribute("isolated", isolated)) : null,
        port.TrustGuestRxFilters is { } trust
            ? new XElement("rxfilters", ElementWriting.Attribute("trustGuest", trust)) : null,
        PortPlugXml.Format(port.Plug));

    private static Guid ParseUuid(XElement parent, string missing)
    {
        string text = parent.ChildText("uuid") ?? throw parent.Internal(missing);
        return UuidText.TryParse(text, out Guid uuid)
            ? uuid
            : throw parent.Element("uuid")!.Internal($"Unable to parse UUID '{text}'");
    }

    private static MacAddress ParseMac(XElement port)
    {
        string text = port.Element("mac")?.NonEmpty("address") ?? throw port.Internal("network port has no mac");
        return MacAddress.TryParse(text, out MacAddress mac)
            ? mac
            : throw port.Element("mac")!.At("address").Internal($"Unable to parse MAC '{text}'");
    }
}
