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
    public override string ToString() => $"{(File is null ? "" : $"{File}:")}{Position}: {Message}";
}
