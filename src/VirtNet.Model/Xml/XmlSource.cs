using System.Xml;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// Text from a client to a tree of elements with line numbers. Nothing outside the text is ever read: no document type,
/// no entities of its own, bounded size and depth.
/// </summary>
internal static class XmlSource
{
    /// <summary>As much as libvirt's RPC lets a string hold (REMOTE_STRING_MAX).</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>libxml2's limit. Walking a tree takes stack, and an attacker chooses its depth.</summary>
    public const int MaxDepth = 256;

    /// <summary>Stands for the namespace of a prefix that nobody declared; libxml2 lets those pass.</summary>
    public const string Undeclared = "urn:virtnet:undeclared-prefix";

    /// <exception cref="VirtNetException">
    /// The text is not well-formed, too large, or its root is another element.
    /// </exception>
    public static XElement Read(string xml, string root)
    {
        XElement element = Read(xml);
        string name = element.Name.NamespaceName == Undeclared ? NameOfRoot(xml) : element.Name.LocalName;
        return name == root
            ? element
            : throw element.XmlError($"expecting root element of '{root}', not '{name}'", VirErrorDomain.Xml);
    }

    public static XElement Read(string xml)
    {
        xml = WithoutMark(xml);
        if (xml.Length > MaxLength)
        {
            throw XmlDiagnosis.Refused(xml, MaxLength, $"Document is longer than {MaxLength} characters");
        }

        XmlEncodingName.Check(xml);
        try
        {
            CheckDepth(xml);
            using XmlReader reader = Open(xml);
            reader.MoveToContent();
            return XElement.Load(reader, LoadOptions.SetLineInfo);
        }
        catch (XmlException e)
        {
            throw XmlDiagnosis.Explain(xml, e);
        }
    }

    /// <summary>
    /// A reader for text that <see cref="Read(string)"/> has already accepted, or inside its try block.
    /// </summary>
    public static XmlReader Open(string xml)
    {
        NameTable names = new();
        XmlReaderSettings settings = new()
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaxLength,
            MaxCharactersFromEntities = 1,
            NameTable = names,
        };
        XmlParserContext context = new(names, new LenientNamespaces(names), xmlLang: null, XmlSpace.None);
        return XmlReader.Create(new StringReader(AsVersion10(WithoutMark(xml))), settings, context);
    }

    /// <summary>The first line of a document, <c>&lt;?xml …</c> up to its <c>?&gt;</c>; empty where it has none.</summary>
    public static ReadOnlySpan<char> Declaration(string xml)
    {
        int end = xml.StartsWith("<?xml", StringComparison.Ordinal) ? xml.IndexOf("?>", StringComparison.Ordinal) : -1;
        return xml.AsSpan(0, Math.Max(end, 0));
    }

    /// <summary>As it is written: to libxml2 a prefix that nobody declared is part of the name.</summary>
    private static string NameOfRoot(string xml)
    {
        using XmlReader reader = Open(xml);
        reader.MoveToContent();
        return reader.Name;
    }

    /// <summary>
    /// Only a document with that many tags can be too deep: nearly none, so nearly none is read twice.
    /// </summary>
    private static void CheckDepth(string xml)
    {
        if (xml.AsSpan().Count('<') <= MaxDepth)
        {
            return;
        }

        using XmlReader reader = Open(xml);
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth && reader is IXmlLineInfo place)
            {
                throw XmlDiagnosis.Refused(
                    xml, XmlDiagnosis.Offset(xml, place.LineNumber, place.LinePosition),
                    $"Excessive depth in document: {MaxDepth}");
            }
        }
    }

    /// <summary>A byte order mark survives decoding.</summary>
    private static string WithoutMark(string xml) => xml.StartsWith('\uFEFF') ? xml[1..] : xml;

    /// <summary>
    /// XML 1.1 differs in nothing that a definition has, later ones are read as 1.0 by any reader (XML 1.0, 2.8), and this one knows
    /// only 1.0.
    /// </summary>
    private static string AsVersion10(string xml)
    {
        int minor = Declaration(xml).IndexOf("1.") + "1.".Length;
        return minor < "1.".Length || !char.IsAsciiDigit(xml[minor]) ? xml : $"{xml.AsSpan(0, minor)}0{xml.AsSpan(minor + 1)}";
    }

    private sealed class LenientNamespaces(XmlNameTable names) : XmlNamespaceManager(names)
    {
        public override string? LookupNamespace(string prefix) => base.LookupNamespace(prefix) ?? Undeclared;
    }
}
