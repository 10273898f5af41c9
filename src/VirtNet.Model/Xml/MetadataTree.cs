using System.Xml;

namespace VirtNet.Model.Xml;

/// <summary>What happens to a metadata tree between a client's text and ours, as libxml2 does it for libvirt.</summary>
internal static class MetadataTree
{
    public static bool HasNamespace(XmlNode node) =>
        node.NamespaceURI.Length > 0 && node.NamespaceURI != XmlSource.Undeclared;

    /// <summary>Declarations come first, the rest in the order of the document.</summary>
    public static ValueList<MetadataAttribute> AttributesOf(XmlElement element)
    {
        List<MetadataAttribute> declarations = [];
        List<MetadataAttribute> others = [];
        foreach (XmlAttribute attribute in element.Attributes)
        {
            List<MetadataAttribute> kind = IsDeclaration(attribute) ? declarations : others;
            kind.Add(new MetadataAttribute(attribute.Name, attribute.Value));
        }

        declarations.AddRange(others);
        return declarations.ToValueList();
    }

    public static bool IsDeclaration(XmlAttribute attribute) =>
        attribute.Prefix == "xmlns" || attribute.Name == "xmlns";

    /// <summary>Prefixes declared around the metadata are declared on it, in the order of their first use.</summary>
    public static void DeclareOuterPrefixes(XmlElement metadata) =>
        DeclareOuterPrefixes(metadata, metadata, ["", "xml", "xmlns"]);

    private static void DeclareOuterPrefixes(XmlElement metadata, XmlElement element, HashSet<string> outer)
    {
        HashSet<string> known = outer;
        List<XmlNode> named = [element];
        foreach (XmlAttribute attribute in element.Attributes)
        {
            named.Add(attribute);
            if (attribute.Prefix == "xmlns" && !known.Contains(attribute.LocalName))
            {
                known = ReferenceEquals(known, outer) ? [.. outer] : known;
                known.Add(attribute.LocalName);
            }
        }

        foreach (XmlNode node in named)
        {
            if (HasNamespace(node) && known.Add(node.Prefix))
            {
                outer.Add(node.Prefix);
                metadata.SetAttribute($"xmlns:{node.Prefix}", node.NamespaceURI);
            }
        }

        for (XmlNode? child = element.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child is XmlElement inner)
            {
                DeclareOuterPrefixes(metadata, inner, known);
            }
        }
    }

    /// <summary>
    /// Takes away blanks that only lay elements out: not those that are all an element holds, not beside text, and not
    /// where <c>xml:space='preserve'</c> says so.
    /// </summary>
    public static void RemoveLayout(XmlElement element)
    {
        if (PreservesSpace(element))
        {
            return;
        }

        for (XmlNode? child = element.FirstChild; child is not null;)
        {
            XmlNode? next = child.NextSibling;
            if (child is XmlElement inner)
            {
                RemoveLayout(inner);
            }
            else if (child is XmlWhitespace or XmlSignificantWhitespace && IsLayout(child, element))
            {
                element.RemoveChild(child);
            }

            child = next;
        }
    }

    public static bool PreservesSpace(XmlElement element) => element.GetAttribute("xml:space") == "preserve";

    public static bool HoldsText(XmlElement element)
    {
        for (XmlNode? child = element.FirstChild; child is not null; child = child.NextSibling)
        {
            if (IsText(child))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLayout(XmlNode blanks, XmlElement element)
    {
        bool alone = blanks is { PreviousSibling: null, NextSibling: null };
        return !alone
            && !IsText(blanks.PreviousSibling)
            && (blanks == element.FirstChild || !IsText(element.FirstChild));
    }

    private static bool IsText(XmlNode? node) => node is XmlCharacterData and not XmlComment;
}
