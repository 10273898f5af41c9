using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// <c>&lt;dnsmasq:options&gt;&lt;dnsmasq:option value=/&gt;</c>: lines for the DHCP and DNS server's configuration.
/// </summary>
internal static class DnsmasqOptionsXml
{
    public static readonly XNamespace Namespace = "http://libvirt.org/schemas/network/dnsmasq/1.0";

    public static ValueList<string> Parse(XElement network)
    {
        List<string>? values = null;
        foreach (XElement options in network.Elements(Namespace + "options"))
        {
            foreach (XElement option in options.Elements(Namespace + "option"))
            {
                // libvirt takes the attribute with whatever prefix.
                (values ??= []).Add(option.Attributes().FirstOrDefault(each => each.Name.LocalName == "value")?.Value
                    ?? throw option.Internal("No dnsmasq options value specified"));
            }
        }

        return values is null ? [] : values.ToValueList();
    }

    public static XElement? Format(ValueList<string> options)
    {
        if (options.Count == 0)
        {
            return null;
        }

        XElement element = new(Namespace + "options");
        foreach (string option in options)
        {
            element.Add(new XElement(Namespace + "option", new XAttribute("value", option)));
        }

        return element;
    }

    /// <summary>The prefix on the root that <see cref="Format"/>'s names need.</summary>
    public static XAttribute? FormatDeclaration(ValueList<string> options) =>
        options.Count == 0 ? null : new XAttribute(XNamespace.Xmlns + "dnsmasq", Namespace.NamespaceName);
}
