using System.Globalization;
using System.Text;
using System.Xml;

namespace VirtNet.Model.Xml;

/// <summary>
/// Prints metadata as libxml2 does for libvirt: double quotes, two blanks a level, and no layout at all in an element
/// that holds text.
/// </summary>
internal static class MetadataPrinter
{
    /// <summary>libxml2 moves what is deeper no further to the right.</summary>
    private const int MaxIndentedLevel = 30;

    public static string Print(XmlElement element, int level)
    {
        StringBuilder text = new();
        Print(text, element, level, layout: true);
        return text.ToString();
    }

    /// <summary>
    /// Beyond ASCII an attribute is written in references, but not the name of a namespace: so libxml2 does, and clients compare text.
    /// </summary>
    public static void Append(StringBuilder text, MetadataAttribute attribute)
    {
        text.Append(' ').Append(attribute.Name).Append("=\"");
        foreach (Rune rune in attribute.Value.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"': text.Append("&quot;"); break;
                case '&': text.Append("&amp;"); break;
                case '<': text.Append("&lt;"); break;
                case '>': text.Append("&gt;"); break;
                case '\n' or '\t' or '\r':
                    text.Append(CultureInfo.InvariantCulture, $"&#{rune.Value};");
                    break;
                case > 0x7f when !attribute.IsDeclaration:
                    text.Append(CultureInfo.InvariantCulture, $"&#x{rune.Value:X};");
                    break;
                default:
                    text.Append(rune);
                    break;
            }
        }

        text.Append('"');
    }

    private static void Print(StringBuilder text, XmlElement element, int level, bool layout)
    {
        text.Append('<').Append(element.Name);
        foreach (MetadataAttribute attribute in MetadataTree.AttributesOf(element))
        {
            Append(text, attribute);
        }

        if (element.FirstChild is null)
        {
            text.Append("/>");
            return;
        }

        text.Append('>');
        layout &= !MetadataTree.HoldsText(element) && !MetadataTree.PreservesSpace(element);
        for (XmlNode? child = element.FirstChild; child is not null; child = child.NextSibling)
        {
            NewLine(text, level + 1, layout);
            Print(text, child, level + 1, layout);
        }

        NewLine(text, level, layout);
        text.Append("</").Append(element.Name).Append('>');
    }

    private static void Print(StringBuilder text, XmlNode node, int level, bool layout)
    {
        switch (node)
        {
            case XmlElement element:
                Print(text, element, level, layout);
                break;
            case XmlCDataSection or XmlComment or XmlProcessingInstruction:
                text.Append(node.OuterXml);
                break;
            default:
                EscapeText(text, node.Value ?? "");
                break;
        }
    }

    private static void NewLine(StringBuilder text, int level, bool layout)
    {
        if (layout)
        {
            text.Append('\n').Append(' ', 2 * Math.Min(level, MaxIndentedLevel));
        }
    }

    private static void EscapeText(StringBuilder text, string value)
    {
        foreach (char c in value)
        {
            switch (c)
            {
                case '&': text.Append("&amp;"); break;
                case '<': text.Append("&lt;"); break;
                case '>': text.Append("&gt;"); break;
                case '\r': text.Append("&#13;"); break;
                default: text.Append(c); break;
            }
        }
    }
}
