namespace VirtNet.Model;

/// <summary>
/// The <c>&lt;metadata&gt;</c> element: what other programs keep in a network, one element for each namespace.
/// </summary>
public sealed record NetworkMetadata(ValueList<MetadataElement> Elements)
{
    /// <summary>
    /// Attributes of <c>&lt;metadata&gt;</c> itself, namespace declarations first; the elements may use their prefixes.
    /// </summary>
    public ValueList<MetadataAttribute> Attributes { get; init; } = [];
}

/// <summary>
/// One child of <c>&lt;metadata&gt;</c>, with blanks between elements left out; it may hold several lines.
/// </summary>
public sealed record MetadataElement(string NamespaceUri, string Xml);

/// <summary>An attribute with its prefix, if any, as part of the name (<c>xmlns:app</c>).</summary>
public sealed record MetadataAttribute(string Name, string Value)
{
    /// <summary>Whether it declares a namespace.</summary>
    public bool IsDeclaration => Name == "xmlns" || Name.StartsWith("xmlns:", StringComparison.Ordinal);
}
