using System.Xml.Linq;

namespace VirtNet.Cli.Properties;

/// <summary>The text of an element.</summary>
internal sealed record TextProperty(string Key, string Help) : NetworkProperty(Key, Help)
{
    public override string? Get(XElement network) => (string?)network.Element(Key);

    public override void Set(XElement network, string value) => network.SetElementValue(Key, value);

    public override void Unset(XElement network) => network.Element(Key)?.Remove();
}
