using System.Text;
using System.Xml.Linq;

namespace VirtNet.Cli.Output;

/// <summary>
/// Writes nodes the way libxml2 does with formatting on: double quotes, <c>&lt;a/&gt;</c> without a blank, two blanks a
/// level, and an element with text in it stays on one line.
/// </summary>
internal static class LibxmlText
{
    public static string Format(XObject node)
    {
        StringBuilder text = new();
        if (node is XAttribute attribute)
        {
            Append(text, attribute);
        }
        else
        {
            Append(text, (XNode)node, depth: 0, indent: true);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, XNode node, int depth, bool indent)
    {
        if (node is XElement element)
        {
            Append(text, element, depth, indent);
        }
        else if (node is XText value and not XCData)
        {
            text.Append(value.Value.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;"));
        }
        else
        {
            text.Append(node.ToString(SaveOptions.DisableFormatting));
        }
    }

    private static void Append(StringBuilder text, XElement element, int depth, bool indent)
    {
        string name = Name(element, element.Name);
        text.Append('<').Append(name);
        foreach (XAttribute attribute in element.Attributes())
        {
            Append(text, attribute);
        }

        if (!element.Nodes().Any())
        {
            text.Append("/>");
            return;
        }

        text.Append('>');
        bool indentChildren = indent && !element.Nodes().OfType<XText>().Any();
        foreach (XNode child in element.Nodes())
        {
            if (indentChildren)
            {
                text.Append('\n').Append(' ', 2 * (depth + 1));
            }

            Append(text, child, depth + 1, indentChildren);
        }

        if (indentChildren)
        {
            text.Append('\n').Append(' ', 2 * depth);
        }

        text.Append("</").Append(name).Append('>');
    }

    private static void Append(StringBuilder text, XAttribute attribute)
    {
        string name = attribute.IsNamespaceDeclaration
            ? attribute.Name.LocalName == "xmlns" ? "xmlns" : "xmlns:" + attribute.Name.LocalName
            : attribute.Parent is { } owner ? Name(owner, attribute.Name) : attribute.Name.LocalName;
        string value = attribute.Value.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;")
            .Replace("\"", "&quot;").Replace("\n", "&#10;").Replace("\r", "&#13;").Replace("\t", "&#9;");
        text.Append(' ').Append(name).Append("=\"").Append(value).Append('"');
    }

    private static string Name(XElement scope, XName name) =>
        name.Namespace != XNamespace.None && scope.GetPrefixOfNamespace(name.Namespace) is { Length: > 0 } prefix
            ? $"{prefix}:{name.LocalName}"
            : name.LocalName;
}
