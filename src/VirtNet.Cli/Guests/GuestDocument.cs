using VirtNet.Model;

namespace VirtNet.Cli.Guests;

/// <summary>A guest's definition as text, and where its interfaces are in it.</summary>
internal sealed class GuestDocument
{
    private readonly XmlElementSpan _devices;
    private readonly List<XmlElementSpan> _spans;

    private GuestDocument(string text, XmlElementSpan devices)
    {
        Text = text;
        _devices = devices;
        _spans = [.. devices.Children.Where(child => child.Name == "interface")];
        Interfaces = [.. _spans.Select((span, index) => GuestInterface.Read(index + 1, text[span.Start..span.End]))];
    }

    /// <summary>One character for each byte (<see cref="XmlBytes"/>).</summary>
    public string Text { get; }

    public IReadOnlyList<GuestInterface> Interfaces { get; }

    /// <exception cref="VirtNetException">It is not the XML of a guest.</exception>
    public static GuestDocument Parse(string name, byte[] bytes)
    {
        string text = XmlBytes.Load(name, bytes);
        XmlElementSpan root = XmlScanner.Scan(text);
        if (root.Name != "domain")
        {
            throw VirtNetException.Xml($"{name}: expecting root element of 'domain', not '{root.Name}'");
        }

        return new GuestDocument(
            text, root.Child("devices") ?? throw VirtNetException.Xml($"{name}: the guest has no <devices>"));
    }

    /// <summary>The text with another element in the place of one interface's.</summary>
    public string Replace(GuestInterface old, string xml)
    {
        XmlElementSpan span = _spans[old.Number - 1];
        return TextEdit.Apply(Text, [new TextEdit(span.Start, span.End - span.Start, xml)]);
    }

    /// <summary>The text without one interface and without the line it leaves empty.</summary>
    public string Remove(GuestInterface old)
    {
        XmlElementSpan span = _spans[old.Number - 1];
        int start = span.Start;
        while (Text[start - 1] is ' ' or '\t')
        {
            start--;
        }

        ReadOnlySpan<char> rest = Text.AsSpan(span.End);
        int lineEnd = rest.StartsWith("\r\n") ? 2 : rest.StartsWith('\n') ? 1 : 0;
        bool ownLine = start > 0 && Text[start - 1] == '\n' && lineEnd > 0;
        return TextEdit.Apply(Text, [ownLine ? TextEdit.Remove(start, span.End + lineEnd) : TextEdit.Remove(span.Start, span.End)]);
    }

    /// <summary>The text with one more interface, behind the last one, indented like it.</summary>
    /// <param name="lines">The element, two blanks a level.</param>
    public string Add(IReadOnlyList<string> lines)
    {
        XmlElementSpan? sibling = _spans.LastOrDefault() ?? _devices.Children.LastOrDefault();
        if (sibling is null)
        {
            throw VirtNetException.OperationUnsupported("the guest has no devices yet: there is nothing to go by");
        }

        int lineStart = Text.LastIndexOf('\n', sibling.Start) + 1;
        string indentation = Text[lineStart..sibling.Start];
        bool ownLine = string.IsNullOrWhiteSpace(indentation);
        string lineEnd = ownLine ? lineStart > 1 && Text[lineStart - 2] == '\r' ? "\r\n" : "\n" : "";
        string prefix = ownLine ? indentation : "";
        string added = string.Concat(lines.Select(line => lineEnd + prefix + (ownLine ? line : line.TrimStart())));
        return TextEdit.Apply(Text, [TextEdit.Insert(sibling.End, added)]);
    }
}
