namespace VirtNet.Model.Xml;

/// <summary>
/// Something in a document that is accepted but does not do what its author seems to want, such as a misspelt element
/// that libvirt skips in silence.
/// </summary>
/// <param name="File">Where the text came from, if that is known.</param>
/// <param name="Name">The element or attribute.</param>
/// <param name="Message">A whole sentence for the operator, without the place.</param>
/// <param name="Nearest">A known name that the author may have meant.</param>
public sealed record XmlHint(string? File, XmlPosition Position, string Name, string Message, string? Nearest)
{
    public XmlHintKind Kind { get; init; }

    public override string ToString() => $"{(File is null ? "" : $"{File}:")}{Position}: {Message}";
}

/// <summary>What is the matter.</summary>
public enum XmlHintKind
{
    /// <summary>An element that nothing knows where it stands.</summary>
    UnknownElement,

    /// <summary>An attribute that its element does not have.</summary>
    UnknownAttribute,

    /// <summary>An element that means something elsewhere.</summary>
    Misplaced,

    /// <summary>A second element where only the first one counts.</summary>
    Repeated,

    /// <summary>An element of a namespace that means nothing here.</summary>
    Foreign,
}
