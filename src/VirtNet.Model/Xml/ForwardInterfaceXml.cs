using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;interface dev=/&gt;</c> of a <c>&lt;forward&gt;</c> pool.</summary>
internal static class ForwardInterfaceXml
{
    public static string Parse(XElement device, string network) =>
        device.Text("dev")
        ?? throw device.XmlError("Missing required dev attribute in <forward> <interface> element of network "
            + $"{network}");

    /// <param name="connections">Shown in live XML when there are any.</param>
    public static XElement Format(string device, int connections = 0) => new("interface",
        new XAttribute("dev", device),
        ElementWriting.NonZero("connections", (ulong)connections));
}
