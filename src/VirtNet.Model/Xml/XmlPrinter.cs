using System.Text;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// Prints a tree in libvirt's layout: two spaces a level, single quotes, no blank before <c>/&gt;</c>, no declaration,
/// a newline at the end.
/// </summary>
internal static class XmlPrinter
{
    private const int IndentWidth = 2;

    public static string Print(XElement element)
    {
        StringBuilder text = new(1024);
        Print(text, element, level: 0);
        return text.ToString();
    }

    private static void Print(StringBuilder text, XElement element, int level)
    {
        string name = QualifiedName(element.Name);
        text.Append(' ', level * IndentWidth).Append('<').Append(name);
        for (XAttribute? attribute = element.FirstAttribute; attribute is not null; attribute = attribute.NextAttribute)
        {
            text.Append(' ').Append(attribute.IsNamespaceDeclaration ? "xmlns:" : "");
            text.Append(attribute.Name.LocalName).Append("='");
            Escape(text, attribute.Value, inAttribute: true);
            text.Append('\'');
        }

        if (element.IsEmpty)
        {
            text.Append("/>\n");
        }
        else if (element.FirstNode is XText content and not PrintedXml)
        {
            text.Append('>');
            Escape(text, content.Value, inAttribute: false);
            text.Append("</").Append(name).Append(">\n");
        }
        else
        {
            text.Append(">\n");
            PrintChildren(text, element, level + 1);
            text.Append(' ', level * IndentWidth).Append("</").Append(name).Append(">\n");
        }
    }

    private static void PrintChildren(StringBuilder text, XElement element, int level)
    {
        for (XNode? child = element.FirstNode; child is not null; child = child.NextNode)
        {
            switch (child)
            {
                case PrintedXml printed:
                    text.Append(' ', level * IndentWidth).Append(printed.Print(level)).Append('\n');
                    break;
                case XElement inner:
                    Print(text, inner, level);
                    break;
            }
        }
    }

    private static string QualifiedName(XName name) =>
        name.Namespace == DnsmasqOptionsXml.Namespace ? $"dnsmasq:{name.LocalName}" : name.LocalName;

    /// <summary>
    /// Characters that XML cannot hold are left out, as in libvirt. Carriage returns, and newlines and tabs inside an
    /// attribute, are written as references, where libvirt lets the next reader turn them into newlines and blanks.
    /// </summary>
    private static void Escape(StringBuilder text, string value, bool inAttribute)
    {
        foreach (char c in value)
        {
            switch (c)
            {
                case '&': text.Append("&amp;"); break;
                case '<': text.Append("&lt;"); break;
                case '>': text.Append("&gt;"); break;
                case '"': text.Append("&quot;"); break;
                case '\'': text.Append("&apos;"); break;
                case '\r': text.Append("&#13;"); break;
                case '\n' when inAttribute: text.Append("&#10;"); break;
                case '\t' when inAttribute: text.Append("&#9;"); break;
                case '\n' or '\t' or >= ' ' and not ('\uFFFE' or '\uFFFF'): text.Append(c); break;
            }
        }
    }
}

/// <summary>An element with a layout of its own.</summary>
/// <param name="print">Gives its text for a place so many levels inside the document, without the blanks before it.</param>
internal sealed class PrintedXml(Func<int, string> print) : XText("")
{
    public string Print(int level) => print(level);
}
