namespace VirtNet.Model;

/// <summary>A place in a document; line and column count from 1.</summary>
public readonly record struct XmlPosition(int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}
