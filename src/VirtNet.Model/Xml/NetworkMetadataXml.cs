using System.Xml;

namespace VirtNet.Model.Xml;

/// <summary>
/// One element of a network's metadata, as a client names it: by its namespace. Stored elements carry a prefix; those
/// that clients hand in and get back carry none for that namespace.
/// </summary>
public static class NetworkMetadataXml
{
    /// <returns>The element without its namespace, or null if there is none.</returns>
    public static string? Get(NetworkMetadata? metadata, string namespaceUri)
    {
        if (Find(metadata, namespaceUri) is not { } stored)
        {
            return null;
        }

        // Attributes that need the prefix keep its declaration; elements lose theirs.
        bool keepDeclaration = AttributesUse(stored, namespaceUri);
        XmlElement shown = Copy(
            stored, new XmlDocument { PreserveWhitespace = true },
            element => element.NamespaceURI == namespaceUri ? new QualifiedName("", element.LocalName, "") : NameOf(element),
            attribute => keepDeclaration || !MetadataTree.IsDeclaration(attribute) || attribute.Value != namespaceUri);
        return MetadataPrinter.Print(shown, level: 0);
    }

    /// <summary>Adds an element in place of the one of the same namespace.</summary>
    /// <param name="prefix">The prefix under which the element is stored.</param>
    /// <param name="xml">The element; what has no namespace in it gets the one given.</param>
    /// <exception cref="VirtNetException">The text is not XML, or the prefix is no name or means something else in it.</exception>
    public static NetworkMetadata Set(NetworkMetadata? metadata, string prefix, string namespaceUri, string xml)
    {
        if (!IsPrefix(prefix))
        {
            throw Internal("failed to validate prefix for a new XML namespace");
        }

        XmlElement given = ReadElement(xml);
        string declaration = $"xmlns:{prefix}";
        if (given.HasAttribute(declaration))
        {
            throw Internal("failed to create a new XML namespace");
        }

        MetadataTree.RemoveLayout(given);
        XmlElement stored = Copy(
            given, new XmlDocument { PreserveWhitespace = true },
            element => MetadataTree.HasNamespace(element)
                ? NameOf(element)
                : new QualifiedName(prefix, element.LocalName, namespaceUri),
            _ => true);
        stored.SetAttribute(declaration, namespaceUri);

        NetworkMetadata rest = Remove(metadata, namespaceUri) ?? new NetworkMetadata([]);
        MetadataElement added = new(stored.NamespaceURI, MetadataPrinter.Print(stored, level: 0));
        return rest with { Elements = [.. rest.Elements, added] };
    }

    /// <returns>What is left, or null if nothing is.</returns>
    public static NetworkMetadata? Remove(NetworkMetadata? metadata, string namespaceUri)
    {
        ValueList<MetadataElement> left =
            metadata?.Elements.Where(element => element.NamespaceUri != namespaceUri).ToValueList() ?? [];
        return left.Count == 0 ? null : metadata! with { Elements = left };
    }

    private static XmlElement? Find(NetworkMetadata? metadata, string namespaceUri)
    {
        if (metadata is null || metadata.Elements.All(element => element.NamespaceUri != namespaceUri))
        {
            return null;
        }

        XmlElement root = MetadataXml.ToElement(metadata);
        XmlNode? child = root.FirstChild;
        while (child is not null && child.NamespaceURI != namespaceUri)
        {
            child = child.NextSibling;
        }

        return child as XmlElement;
    }

    private static XmlElement ReadElement(string xml)
    {
        XmlSource.Read(xml);
        using XmlReader reader = XmlSource.Open(xml);
        reader.MoveToContent();
        return (XmlElement)new XmlDocument { PreserveWhitespace = true, XmlResolver = null }.ReadNode(reader)!;
    }

    private static XmlElement Copy(
        XmlElement source, XmlDocument document, Func<XmlElement, QualifiedName> rename, Predicate<XmlAttribute> keep)
    {
        QualifiedName name = rename(source);
        XmlElement copy = document.CreateElement(name.Prefix, name.LocalName, name.NamespaceUri);
        foreach (XmlAttribute attribute in source.Attributes)
        {
            if (keep(attribute))
            {
                copy.SetAttributeNode((XmlAttribute)document.ImportNode(attribute, deep: true));
            }
        }

        for (XmlNode? child = source.FirstChild; child is not null; child = child.NextSibling)
        {
            copy.AppendChild(child is XmlElement element
                ? Copy(element, document, rename, keep)
                : document.ImportNode(child, deep: true));
        }

        return copy;
    }

    private static bool AttributesUse(XmlElement element, string namespaceUri)
    {
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (attribute.NamespaceURI == namespaceUri)
            {
                return true;
            }
        }

        for (XmlNode? child = element.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child is XmlElement inner && AttributesUse(inner, namespaceUri))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPrefix(string prefix)
    {
        try
        {
            return XmlConvert.VerifyNCName(prefix).Length > 0;
        }
        catch (Exception e) when (e is XmlException or ArgumentNullException)
        {
            return false;
        }
    }

    private static QualifiedName NameOf(XmlElement element) => new(element.Prefix, element.LocalName, element.NamespaceURI);

    private static VirtNetException Internal(string detail) =>
        new(VirErrorCode.InternalError, $"internal error: {detail}", VirErrorDomain.Xml);

    private sealed record QualifiedName(string Prefix, string LocalName, string NamespaceUri);
}
