using System.Xml.Linq;

namespace VirtNet.Cli.Properties;

/// <summary>An attribute of one element.</summary>
/// <param name="Path">As <see cref="XmlPlace"/> reads it; empty = the network itself.</param>
internal sealed record AttributeProperty(string Key, string Path, string Attribute, string Help) : NetworkProperty(Key, Help)
{
    /// <summary>The element has no meaning without it.</summary>
    public bool IsWhole { get; init; }

    public override string? Get(XElement network) => (string?)XmlPlace.Find(network, Path)?.Attribute(Attribute);

    public override void Set(XElement network, string value) => XmlPlace.Make(network, Path).SetAttributeValue(Attribute, value);

    public override void Unset(XElement network)
    {
        if (XmlPlace.Find(network, Path) is not { } place)
        {
            return;
        }

        place.Attribute(Attribute)?.Remove();
        if (place.Parent is not null && (IsWhole || (!place.HasAttributes && !place.HasElements)))
        {
            XmlPlace.Remove(place);
        }
    }
}
