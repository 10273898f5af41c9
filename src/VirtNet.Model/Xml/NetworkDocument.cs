namespace VirtNet.Model.Xml;

/// <summary>A definition as it was read, and what its author may want to know about the text.</summary>
public sealed record NetworkDocument
{
    private readonly Lazy<ValueList<XmlHint>> _hints;

    internal NetworkDocument(NetworkDefinition definition, Func<ValueList<XmlHint>> hints)
    {
        Definition = definition;
        _hints = new Lazy<ValueList<XmlHint>>(hints);
    }

    public NetworkDefinition Definition { get; init; }

    /// <summary>Looked for when somebody asks: of a thousand stored documents that a daemon reads as it begins, nobody does.</summary>
    public ValueList<XmlHint> Hints => _hints.Value;
}
