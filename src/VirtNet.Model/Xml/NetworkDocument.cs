namespace VirtNet.Model.Xml;

/// <summary>A definition as it was read, and what its author may want to know about the text.</summary>
public sealed record NetworkDocument(NetworkDefinition Definition, ValueList<XmlHint> Hints);
