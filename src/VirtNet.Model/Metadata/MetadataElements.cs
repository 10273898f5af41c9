using System.Xml;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Metadata;

/// <summary>The children of <c>&lt;metadata&gt;</c>, one for each namespace.</summary>
internal static class MetadataElements
{
    /// <summary>
    /// The element without its namespace, which the caller named already: the text that was once set comes back.
    /// </summary>
    /// <returns>Null when the namespace has no element.</returns>
    public static string? Get(NetworkMetadata? metadata, string uri)
    {
        if (metadata is null || Find(MetadataXml.ToElement(metadata), uri) is not { } stored)
        {
            return null;
        }

        XmlElement bare = MetadataNamespaces.Move(stored, uri, prefix: "", ns: "");
        MetadataNamespaces.Undeclare(bare, uri);
        return MetadataPrinter.Print(bare, level: 0);
    }

    /// <summary>Adds an element at the end and takes the place of the one that its namespace had.</summary>
    public static NetworkMetadata? Set(NetworkMetadata? metadata, string xml, string key, string uri)
    {
        XmlElement added = MetadataNamespaces.Inject(Read(xml), key, uri);
        XmlElement tree = MetadataXml.ToElement(metadata ?? new NetworkMetadata([]));
        if (Find(tree, uri) is { } old)
        {
            tree.RemoveChild(old);
        }

        tree.AppendChild(tree.OwnerDocument.ImportNode(added, deep: true));
        return MetadataXml.Parse(tree);
    }

    public static NetworkMetadata? Remove(NetworkMetadata? metadata, string uri)
    {
        if (metadata is null)
        {
            return null;
        }

        ValueList<MetadataElement> kept = [.. metadata.Elements.Where(element => element.NamespaceUri != uri)];
        return kept.Count == 0 ? null : metadata with { Elements = kept };
    }

    private static XmlElement? Find(XmlElement metadata, string uri) =>
        metadata.ChildNodes.OfType<XmlElement>().FirstOrDefault(element => element.NamespaceURI == uri);

    /// <summary>XLinq reports what is wrong; the document keeps the prefixes that XLinq forgets.</summary>
    private static XmlElement Read(string xml)
    {
        XmlSource.Read(xml);
        XmlDocument document = new() { PreserveWhitespace = true, XmlResolver = null };
        using XmlReader reader = XmlSource.Open(xml);
        reader.MoveToContent();
        return (XmlElement)document.ReadNode(reader)!;
    }
}
