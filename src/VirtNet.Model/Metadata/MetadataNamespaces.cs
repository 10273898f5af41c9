using System.Xml;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Metadata;

/// <summary>Puts elements into a namespace, and takes them out of it.</summary>
internal static class MetadataNamespaces
{
    /// <summary>Every element without a namespace gets the client's; elements that have one keep it.</summary>
    public static XmlElement Inject(XmlElement element, string key, string uri)
    {
        if (!IsNcName(key.Trim(' ', '\t', '\r', '\n')))
        {
            throw VirtNetException.Internal("failed to validate prefix for a new XML namespace");
        }

        if (!IsXmlText(uri) || !IsNcName(key) || key is "xml" or "xmlns" || element.HasAttribute($"xmlns:{key}"))
        {
            throw VirtNetException.Internal("failed to create a new XML namespace");
        }

        XmlElement injected = Move(element, from: "", key, uri);
        injected.SetAttribute($"xmlns:{key}", uri);
        return injected;
    }

    /// <summary>A copy in which the elements of one namespace are in another; everything else stays as it is.</summary>
    public static XmlElement Move(XmlElement element, string from, string prefix, string ns)
    {
        string had = MetadataTree.HasNamespace(element) ? element.NamespaceURI : "";
        XmlElement moved = had == from
            ? element.OwnerDocument.CreateElement(prefix, element.LocalName, ns)
            : (XmlElement)element.CloneNode(deep: false);
        if (had == from)
        {
            foreach (XmlAttribute attribute in element.Attributes)
            {
                moved.SetAttributeNode((XmlAttribute)attribute.CloneNode(deep: true));
            }
        }

        for (XmlNode? child = element.FirstChild; child is not null; child = child.NextSibling)
        {
            moved.AppendChild(child is XmlElement inner ? Move(inner, from, prefix, ns) : child.CloneNode(deep: true));
        }

        return moved;
    }

    /// <summary>Drops the declarations of a namespace that nothing in the element uses any more.</summary>
    public static void Undeclare(XmlElement element, string uri)
    {
        XmlAttribute[] declarations =
        [
            .. element.Attributes.Cast<XmlAttribute>()
                .Where(attribute => MetadataTree.IsDeclaration(attribute) && attribute.Value == uri),
        ];
        foreach (XmlAttribute declaration in declarations)
        {
            if (!IsUsed(element, declaration.LocalName))
            {
                element.Attributes.Remove(declaration);
            }
        }
    }

    private static bool IsUsed(XmlElement element, string prefix) =>
        element.Attributes.Cast<XmlAttribute>().Any(attribute => attribute.Prefix == prefix)
        || element.ChildNodes.OfType<XmlElement>().Any(inner => IsUsed(inner, prefix));

    private static bool IsNcName(string text) => Passes(XmlConvert.VerifyNCName, text);

    /// <summary>Whether it can stand in a document; an empty one is as good as none.</summary>
    private static bool IsXmlText(string text) => text.Length > 0 && Passes(XmlConvert.VerifyXmlChars, text);

    private static bool Passes(Func<string, string?> verify, string text)
    {
        try
        {
            verify(text);
            return true;
        }
        catch (Exception e) when (e is XmlException or ArgumentException)
        {
            return false;
        }
    }
}
