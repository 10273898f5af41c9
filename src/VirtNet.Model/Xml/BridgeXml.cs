using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;bridge name= zone= stp= delay= macTableManager=/&gt;</c>.</summary>
internal static class BridgeXml
{
    public static Bridge Parse(XElement bridge, string network) => new()
    {
        Name = bridge.NonEmpty("name"),
        Zone = bridge.NonEmpty("zone"),
        Stp = bridge.NonEmpty("stp") != "off",
        StpGiven = bridge.NonEmpty("stp") is not null,
        Delay = ParseDelay(bridge, network),
        MacTableManager = ParseMacTableManager(bridge, network),
    };

    /// <summary>Networks that own their bridge always show it; others only what they say about one.</summary>
    public static XElement? Format(Bridge? bridge, bool owned)
    {
        if (!owned && (bridge is null or { Name: null, MacTableManager: null }))
        {
            return null;
        }

        bridge ??= new Bridge();
        return new XElement("bridge",
            ElementWriting.Attribute("name", bridge.Name),
            ElementWriting.Attribute("zone", bridge.Zone),
            owned ? new XAttribute("stp", bridge.Stp ? "on" : "off") : null,
            owned ? ElementWriting.Number("delay", bridge.Delay) : null,
            bridge.MacTableManager is { } manager ? new XAttribute("macTableManager", Name(manager)) : null);
    }

    public static string Name(MacTableManager manager) =>
        manager is MacTableManager.Libvirt ? "libvirt" : "kernel";

    public static bool TryParse(string text, out MacTableManager manager)
    {
        manager = text == "libvirt" ? MacTableManager.Libvirt : MacTableManager.Kernel;
        return text is "kernel" or "libvirt";
    }

    private static ulong ParseDelay(XElement bridge, string network)
    {
        if (bridge.NonEmpty("delay") is not { } text)
        {
            return 0;
        }

        return NumberText.TryParse(text, radix: 10, out ulong delay)
            ? delay
            : throw bridge.At("delay").XmlError($"Invalid delay value in network '{network}'");
    }

    private static MacTableManager? ParseMacTableManager(XElement bridge, string network)
    {
        if (bridge.NonEmpty("macTableManager") is not { } text)
        {
            return null;
        }

        return TryParse(text, out MacTableManager manager)
            ? manager
            : throw bridge.At("macTableManager").XmlError(
                $"Invalid macTableManager setting '{text}' in network '{network}'");
    }
}
