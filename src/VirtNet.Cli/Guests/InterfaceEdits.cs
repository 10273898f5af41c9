using VirtNet.Model;

namespace VirtNet.Cli.Guests;

/// <summary>
/// Changes to an interface's element that leave all of it alone but what they are about: comments, order, indentation and
/// whatever this program does not know stay byte for byte.
/// </summary>
internal static class InterfaceEdits
{
    /// <summary>Attributes of <c>&lt;source&gt;</c> that belong to what the interface is plugged into.</summary>
    private static readonly string[] SourceAttributes = ["network", "bridge", "dev", "portgroup", "portid", "mode"];

    /// <summary>Types whose whole element is of another kind: no source could just be exchanged.</summary>
    private static readonly string[] OtherKinds =
        ["hostdev", "vhostuser", "vdpa", "mcast", "server", "client", "udp", "vds", "internal", "null"];

    /// <summary>Plugs the interface into something else.</summary>
    /// <exception cref="VirtNetException">It is of a kind that cannot be plugged elsewhere.</exception>
    public static string SetSource(string xml, InterfaceSource source)
    {
        XmlElementSpan element = XmlScanner.Scan(xml);
        XmlAttributeSpan type = element.Attribute("type")
            ?? throw VirtNetException.Xml("the interface has no type");
        string oldType = XmlBytes.Decode(xml, type);
        if (OtherKinds.Contains(oldType))
        {
            throw VirtNetException.OperationUnsupported(
                $"an interface of type '{oldType}' cannot be plugged into {source}: remove it and attach a new one");
        }

        List<TextEdit> edits = [];
        if (oldType != source.Type)
        {
            edits.Add(new TextEdit(type.ValueStart, type.ValueLength, source.Type));
        }

        if (element.Child("source") is { } old)
        {
            edits.AddRange(ReplaceAttributes(xml, old, source));
        }
        else
        {
            edits.Add(InsertChild(xml, element, $"<source{Format(source)}/>", after: ["mac"]));
        }

        return TextEdit.Apply(xml, edits);
    }

    /// <summary>Plugs the cable in or out.</summary>
    /// <param name="state">up or down.</param>
    public static string SetLink(string xml, string state)
    {
        XmlElementSpan element = XmlScanner.Scan(xml);
        if (element.Child("link") is not { } link)
        {
            string added = $"<link state='{state}'/>";
            return TextEdit.Apply(xml, [InsertChild(xml, element, added, after: ["model", "target", "source", "mac"])]);
        }

        return link.Attribute("state") is { } old
            ? TextEdit.Apply(xml, [new TextEdit(old.ValueStart, old.ValueLength, state)])
            : TextEdit.Apply(xml, [TextEdit.Insert(link.Start + "<link".Length, $" state='{state}'")]);
    }

    /// <summary>As virsh prints an element of a larger document: libxml2 writes every value in double quotes.</summary>
    public static string WithDoubleQuotes(string xml) => TextEdit.Apply(xml, Requote(xml, XmlScanner.Scan(xml)));

    private static IEnumerable<TextEdit> Requote(string xml, XmlElementSpan element) =>
    [
        .. element.Attributes.Where(attribute => xml[attribute.ValueStart - 1] == '\'').Select(attribute => new TextEdit(
            attribute.ValueStart - 1,
            attribute.ValueLength + 2,
            $"\"{xml.Substring(attribute.ValueStart, attribute.ValueLength).Replace("\"", "&quot;")}\"")),
        .. element.Children.SelectMany(child => Requote(xml, child)),
    ];

    /// <summary>The new attributes take the place of the first old one; the other old ones go.</summary>
    private static IEnumerable<TextEdit> ReplaceAttributes(string xml, XmlElementSpan old, InterfaceSource source)
    {
        XmlAttributeSpan[] known = [.. old.Attributes.Where(attribute => SourceAttributes.Contains(attribute.Name))];
        if (Unchanged(xml, known, source))
        {
            yield break;
        }

        if (known.Length == 0)
        {
            yield return TextEdit.Insert(old.Start + "<source".Length, Format(source));
            yield break;
        }

        char quote = xml[known[0].ValueStart - 1];
        yield return new TextEdit(known[0].Start, known[0].End - known[0].Start, Format(source, quote).TrimStart());
        foreach (XmlAttributeSpan attribute in known.Skip(1))
        {
            int start = attribute.Start;
            while (char.IsWhiteSpace(xml[start - 1]))
            {
                start--;
            }

            yield return TextEdit.Remove(start, attribute.End);
        }
    }

    private static bool Unchanged(string xml, XmlAttributeSpan[] known, InterfaceSource source) =>
        known.Length == source.Attributes.Count && source.Attributes.All(wanted =>
            known.Any(attribute => attribute.Name == wanted.Key && XmlBytes.Decode(xml, attribute) == wanted.Value));

    private static string Format(InterfaceSource source, char quote = '\'') => string.Concat(
        source.Attributes.Select(attribute => $" {attribute.Key}={quote}{XmlBytes.Encode(attribute.Value)}{quote}"));

    /// <summary>A new child behind the first of the named ones that is there, on a line of its own if that one is.</summary>
    private static TextEdit InsertChild(string xml, XmlElementSpan parent, string child, string[] after)
    {
        if (parent.IsEmptyTag)
        {
            int slash = xml.LastIndexOf('/', parent.TagEnd - 1);
            return new TextEdit(slash, parent.TagEnd - slash, $">{child}</{parent.Name}>");
        }

        XmlElementSpan? sibling = after.Select(parent.Child).FirstOrDefault(found => found is not null);
        if (sibling is not null)
        {
            return TextEdit.Insert(sibling.End, SpaceBefore(xml, sibling.Start) + child);
        }

        return parent.Children is [var first, ..]
            ? TextEdit.Insert(first.Start, child + SpaceBefore(xml, first.Start))
            : TextEdit.Insert(parent.TagEnd, child);
    }

    private static string SpaceBefore(string xml, int position)
    {
        int start = position;
        while (start > 0 && char.IsWhiteSpace(xml[start - 1]))
        {
            start--;
        }

        return xml[start..position];
    }
}
