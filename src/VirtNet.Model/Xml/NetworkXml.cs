using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>Network definitions from and to text, in libvirt's format.</summary>
public static class NetworkXml
{
    /// <summary>
    /// Reads a <c>&lt;network&gt;</c> document and makes the checks that libvirt makes whenever it reads one. Values are
    /// kept as given; <see cref="NetworkDefaults"/> fills in the rest, <see cref="NetworkValidator"/> checks what a driver
    /// checks.
    /// </summary>
    /// <param name="file">Where the text came from, for hints; null on the server.</param>
    /// <exception cref="VirtNetException">With libvirt's code, domain and text, and the place in the text.</exception>
    public static NetworkDocument Parse(string xml, string? file = null)
    {
        XElement network = XmlSource.Read(xml, "network");
        return new NetworkDocument(NetworkDefinitionXml.Parse(network, () => xml), () => XmlHints.Find(network, file));
    }

    /// <summary>Reads a <c>&lt;network&gt;</c> that is a part of another document, with the same checks.</summary>
    /// <exception cref="VirtNetException">With libvirt's code, domain and text.</exception>
    public static NetworkDefinition Parse(XElement network) =>
        NetworkDefinitionXml.Parse(network, () => network.ToString(SaveOptions.DisableFormatting));

    /// <summary>The document as libvirt lays it out.</summary>
    /// <param name="options">What a running network shows besides its definition; null for the inactive form.</param>
    public static string Format(NetworkDefinition definition, NetworkXmlOptions? options = null) =>
        XmlPrinter.Print(NetworkDefinitionXml.Format(definition, options ?? NetworkXmlOptions.Inactive));
}
