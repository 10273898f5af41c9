using System.Xml.Linq;
using System.Xml.XPath;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Commands;

/// <summary><c>--xpath</c> and <c>--wrap</c> of the dumping commands.</summary>
internal static class XmlSelection
{
    public static OptionDefinition XPath { get; } =
        OptionDefinition.NamedText("xpath", "print only the nodes that this XPath expression selects");

    public static OptionDefinition Wrap { get; } =
        OptionDefinition.Flag("wrap", "put the selected nodes into one element");

    public static void Print(CommandContext context, ParsedCommand command, string xml)
    {
        string text = command.Text(XPath) is { } expression ? Select(xml, expression, command.Has(Wrap)) : xml;
        if (context.WritesDocuments)
        {
            context.WriteDocument(new JsonXml(text), CliJson.Default.JsonXml);
        }
        else
        {
            context.Terminal.Print(text);
        }
    }

    /// <summary>Nodes as libxml2 writes them, one below the other.</summary>
    internal static string Select(string xml, string expression, bool wrap)
    {
        XDocument document = XDocument.Parse(xml);
        XElement root = document.Root!;
        IEnumerable<object> nodes;
        try
        {
            nodes = root.XPathEvaluate(expression, Prefixes(root)) as IEnumerable<object>
                ?? throw Incorrect(expression);
        }
        catch (XPathException)
        {
            throw Incorrect(expression);
        }

        IEnumerable<string> lines = wrap
            ? [LibxmlText.Format(Wrapped(nodes))]
            : nodes.OfType<XObject>().Select(LibxmlText.Format);
        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static XElement Wrapped(IEnumerable<object> nodes)
    {
        XElement root = new("nodes");
        foreach (object node in nodes)
        {
            root.Add(node); // copies, because the node has a parent
        }

        return root;
    }

    /// <summary>The prefixes that the document itself declares.</summary>
    private static System.Xml.XmlNamespaceManager Prefixes(XElement root)
    {
        System.Xml.XmlNamespaceManager prefixes = new(new System.Xml.NameTable());
        foreach (XAttribute attribute in root.DescendantsAndSelf().Attributes().Where(a => a.IsNamespaceDeclaration))
        {
            if (attribute.Name.LocalName != "xmlns")
            {
                prefixes.AddNamespace(attribute.Name.LocalName, attribute.Value);
            }
        }

        return prefixes;
    }

    private static VirtNetException Incorrect(string expression) =>
        VirtNetException.Internal($"Incorrect xpath '{expression}'");
}
