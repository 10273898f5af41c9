using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;portgroup name= default= trustGuestRxFilters=&gt;</c>.</summary>
internal static class PortGroupXml
{
    public static PortGroup Parse(XElement group) =>
        new(group.NonEmpty("name") ?? throw group.XmlError("Missing required name attribute in portgroup"))
        {
            IsDefault = "yes".Equals(group.Text("default"), StringComparison.OrdinalIgnoreCase),
            TrustGuestRxFilters = group.YesNo("trustGuestRxFilters"),
            VirtualPort = group.Element("virtualport") is { } port
                ? VirtualPortXml.Parse(port, typeRequired: false)
                : null,
            Bandwidth = group.Element("bandwidth") is { } bandwidth ? BandwidthXml.Parse(bandwidth) : null,
            Vlan = group.Element("vlan") is { } vlan ? VlanXml.Parse(vlan) : null,
        };

    public static XElement Format(PortGroup group) => new("portgroup",
        new XAttribute("name", group.Name),
        group.IsDefault ? new XAttribute("default", "yes") : null,
        ElementWriting.Attribute("trustGuestRxFilters", group.TrustGuestRxFilters),
        group.Vlan is { } vlan ? VlanXml.Format(vlan) : null,
        group.VirtualPort is { } port ? VirtualPortXml.Format(port) : null,
        group.Bandwidth is { } bandwidth ? BandwidthXml.Format(bandwidth) : null,
        ElementWriting.Open);
}
