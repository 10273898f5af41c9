using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Ports;

/// <summary><c>&lt;plug type=&gt;</c> of a port.</summary>
internal static class PortPlugXml
{
    public static PortPlug Parse(XElement plug) => plug.Text("type") switch
    {
        null or "none" => new PortPlug.None(),
        "network" => new PortPlug.Network(ParseBridge(plug), ParseMacTableManager(plug)),
        "bridge" => new PortPlug.HostBridge(ParseBridge(plug), ParseMacTableManager(plug)),
        "direct" => new PortPlug.Direct(
            plug.Text("dev") ?? throw plug.XmlError("Missing network port link device name"), ParseMode(plug)),
        "hostdev-pci" => ParseHostdev(plug),
        _ => throw plug.Attribute("type")!.InvalidValue(),
    };

    /// <returns>Null for a port without a plug.</returns>
    public static XElement? Format(PortPlug plug) => plug switch
    {
        PortPlug.Network network => FormatBridge("network", network.Bridge, network.MacTableManager),
        PortPlug.HostBridge host => FormatBridge("bridge", host.Bridge, host.MacTableManager),
        PortPlug.Direct direct => new XElement("plug",
            new XAttribute("type", "direct"),
            new XAttribute("dev", direct.Device),
            new XAttribute("mode", direct.Mode.Name())),
        PortPlug.HostdevPci hostdev => new XElement("plug",
            new XAttribute("type", "hostdev-pci"),
            ElementWriting.Attribute("managed", hostdev.Managed),
            hostdev.Driver is { } driver ? ForwardDriverXml.Format(driver) : null,
            PciAddressXml.Format(hostdev.Address, withType: false)),
        _ => null,
    };

    private static string ParseBridge(XElement plug) =>
        plug.Text("bridge") ?? throw plug.XmlError("Missing network port bridge name");

    private static MacTableManager? ParseMacTableManager(XElement plug)
    {
        if (plug.Attribute("macTableManager") is not { } attribute)
        {
            return null;
        }

        return BridgeXml.TryParse(attribute.Value, out MacTableManager manager)
            ? manager
            : throw attribute.XmlError($"Invalid macTableManager setting '{attribute.Value}' in network port");
    }

    /// <summary>macvtap's own default is vepa.</summary>
    private static ForwardMode ParseMode(XElement plug) => plug.Attribute("mode") switch
    {
        null => ForwardMode.Vepa,
        { Value: "vepa" or "private" or "bridge" or "passthrough" } mode => ForwardModeNames.Parse(mode.Value)!.Value,
        var mode => throw mode.XmlError($"Invalid mode setting '{mode.Value}' in network port"),
    };

    private static PortPlug.HostdevPci ParseHostdev(XElement plug)
    {
        bool? managed = plug.YesNo("managed");
        ForwardDriver? driver = plug.Element("driver") is { } element ? ForwardDriverXml.Parse(element) : null;
        XElement address = plug.Element("address") ?? throw plug.XmlError("Missing network port PCI address");
        return new PortPlug.HostdevPci(PciAddressXml.Parse(address), managed, driver);
    }

    private static XElement FormatBridge(string type, string bridge, MacTableManager? manager) => new("plug",
        new XAttribute("type", type),
        new XAttribute("bridge", bridge),
        ElementWriting.Attribute("macTableManager", manager is { } known ? BridgeXml.Name(known) : null));
}
