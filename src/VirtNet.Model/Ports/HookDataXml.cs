using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Ports;

/// <summary>What libvirt's network hooks read from their standard input.</summary>
public static class HookDataXml
{
    /// <param name="live">The network as it is in force.</param>
    /// <param name="port">Null where the hook is not about one.</param>
    public static string Format(NetworkDefinition live, NetworkPort? port) => XmlPrinter.Print(new XElement(
        "hookData",
        NetworkDefinitionXml.Format(live, NetworkXmlOptions.Inactive),
        port is null ? null : NetworkPortXml.ToElement(port)));
}
