namespace VirtNet.Cli.Guests;

/// <summary>Where an attribute is in a text. Offsets are those of characters.</summary>
/// <param name="Start">The first character of its name.</param>
/// <param name="ValueStart">The first character between the quotes.</param>
internal sealed record XmlAttributeSpan(string Name, int Start, int ValueStart, int ValueLength)
{
    /// <summary>Behind the closing quote.</summary>
    public int End => ValueStart + ValueLength + 1;
}

/// <summary>Where an element is in a text, from <c>&lt;</c> to behind its last <c>&gt;</c>.</summary>
internal sealed class XmlElementSpan(string name, int start)
{
    public string Name { get; } = name;

    public int Start { get; } = start;

    /// <summary>Behind the start tag.</summary>
    public int TagEnd { get; set; }

    /// <summary>Behind the element.</summary>
    public int End { get; set; }

    /// <summary>Written as <c>&lt;name/&gt;</c>.</summary>
    public bool IsEmptyTag { get; set; }

    public List<XmlAttributeSpan> Attributes { get; } = [];

    public List<XmlElementSpan> Children { get; } = [];

    public XmlElementSpan? Child(string name) => Children.Find(child => child.Name == name);

    public XmlAttributeSpan? Attribute(string name) => Attributes.Find(attribute => attribute.Name == name);
}
