using System.Text;
using System.Xml;

namespace VirtNet.Model.Xml;

/// <summary>
/// <c>&lt;metadata&gt;</c>, the one element whose content is kept as text. It goes through its own reader because XLinq
/// forgets prefixes.
/// </summary>
internal static class MetadataXml
{
    /// <param name="xml">The whole document; it has been read once already.</param>
    public static NetworkMetadata? Parse(string xml)
    {
        using XmlReader reader = XmlSource.Open(xml);
        reader.MoveToContent();
        XmlDocument document = new() { PreserveWhitespace = true, XmlResolver = null };
        for (bool more = reader.Read(); more && reader.Depth > 0;)
        {
            if (reader.Depth == 1 && reader is { NodeType: XmlNodeType.Element, Name: "metadata", NamespaceURI: "" })
            {
                return document.ReadNode(reader) is XmlElement metadata ? Parse(metadata) : null;
            }

            more = reader.Depth == 1 && reader.NodeType is XmlNodeType.Element ? Skip(reader) : reader.Read();
        }

        return null;
    }

    /// <summary>The element, for <see cref="XmlPrinter"/>.</summary>
    public static PrintedXml? Format(NetworkMetadata? metadata)
    {
        if (metadata is null or { Elements.Count: 0 })
        {
            return null;
        }

        XmlElement element = ToElement(metadata);
        return new PrintedXml(level => MetadataPrinter.Print(element, level));
    }

    /// <summary>A tree with all of the metadata in it, for reading and changing.</summary>
    public static XmlElement ToElement(NetworkMetadata metadata)
    {
        XmlDocument document = new() { PreserveWhitespace = true, XmlResolver = null };
        StringBuilder text = new("<metadata");
        foreach (MetadataAttribute attribute in metadata.Attributes)
        {
            MetadataPrinter.Append(text, attribute);
        }

        text.Append('>');
        foreach (MetadataElement child in metadata.Elements)
        {
            text.Append(child.Xml);
        }

        using XmlReader reader = XmlSource.Open(text.Append("</metadata>").ToString());
        reader.MoveToContent();
        XmlElement element = (XmlElement)document.ReadNode(reader)!;
        MetadataTree.RemoveLayout(element);
        return element;
    }

    /// <summary>
    /// Keeps the first element of each namespace, with blanks that only lay out the text taken away, and declares on
    /// <c>&lt;metadata&gt;</c> the prefixes that came from outside it.
    /// </summary>
    public static NetworkMetadata? Parse(XmlElement metadata)
    {
        MetadataTree.DeclareOuterPrefixes(metadata);
        MetadataTree.RemoveLayout(metadata);
        List<MetadataElement> elements = [];
        HashSet<string> namespaces = [];
        for (XmlNode? child = metadata.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child is XmlElement element
                && MetadataTree.HasNamespace(element) && namespaces.Add(element.NamespaceURI))
            {
                elements.Add(new MetadataElement(element.NamespaceURI, MetadataPrinter.Print(element, level: 0)));
            }
        }

        if (elements.Count == 0)
        {
            return null;
        }

        return new NetworkMetadata(elements.ToValueList()) { Attributes = MetadataTree.AttributesOf(metadata) };
    }

    private static bool Skip(XmlReader reader)
    {
        reader.Skip();
        return !reader.EOF;
    }
}
