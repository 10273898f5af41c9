using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>Finds what must be there, or not beside something else, where the schema's language cannot say so.</summary>
internal static class SchemaChoices
{
    private static readonly string[] Clients = ["mac", "id", "name"];

    public static IEnumerable<XmlFault> Find(XElement network) => OfRoot(network).Concat(network.Descendants().SelectMany(element => element.Name.LocalName switch
    {
        _ when element.Name.Namespace != XNamespace.None => [],
        "ip" or "route" when element.Parent == network => Both(element, "netmask", "prefix"),
        "host" when element.Parent?.Name == "dhcp" => Both(element, "mac", "id").Concat(NoClient(element)),
        "virtualport" => WrongParameters(element),
        _ => [],
    }));

    private static IEnumerable<XmlFault> OfRoot(XElement network)
    {
        if (network.Name.Namespace != XNamespace.None)
        {
            yield return Fault(network, $"The element 'network' has no namespace, not '{network.Name.NamespaceName}'.");
        }
        else if (network.Element("name") is null)
        {
            yield return Fault(network, "The required element 'name' is missing.");
        }

        foreach (XElement second in network.Elements(DnsmasqOptionsXml.Namespace + "options").Skip(1))
        {
            yield return Fault(second, "There is more than one <dnsmasq:options>.");
        }
    }

    private static XmlFault[] Both(XElement element, string one, string other) =>
        element.Attribute(one) is not null && element.Attribute(other) is { } second
            ? [Fault(second, $"<{element.Name}> has either '{one}' or '{other}'.")] : [];

    private static XmlFault[] NoClient(XElement host) => Array.TrueForAll(Clients, name => host.Attribute(name) is null)
        ? [Fault(host, "The required attribute 'mac', 'id' or 'name' is missing.")] : [];

    private static IEnumerable<XmlFault> WrongParameters(XElement port)
    {
        string? type = port.Attribute("type")?.Value;
        string[]? known = type switch
        {
            "802.1Qbg" => ["managerid", "typeid", "typeidversion", "instanceid"],
            "802.1Qbh" => ["profileid"],
            "openvswitch" => ["profileid", "interfaceid"],
            "midonet" => ["interfaceid"],
            _ => null, // any of them, or a type that the schema refuses
        };
        XElement? parameters = port.Element("parameters");
        if (type == "midonet" && parameters?.Attribute("interfaceid") is null)
        {
            yield return Fault(parameters ?? port, "The required attribute 'interfaceid' is missing.");
        }

        foreach (XAttribute attribute in parameters?.Attributes().Where(each => known?.Contains(each.Name.LocalName) == false) ?? [])
        {
            yield return Fault(attribute, $"A virtualport of type '{type}' has no parameter '{attribute.Name}'. Allowed: {string.Join(", ", known!)}.");
        }
    }

    private static XmlFault Fault(XObject at, string text) => new(at.Position() ?? default, text);
}
