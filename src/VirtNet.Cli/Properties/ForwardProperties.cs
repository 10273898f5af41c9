using System.Xml.Linq;

namespace VirtNet.Cli.Properties;

/// <summary>How guests reach the world: <c>&lt;forward mode=&gt;</c>, which is absent for an isolated network.</summary>
internal sealed record ModeProperty(string Key, string Help) : NetworkProperty(Key, Help)
{
    public override string Get(XElement network) =>
        network.Element("forward") is { } forward ? (string?)forward.Attribute("mode") ?? ForwardModes.Nat : ForwardModes.Isolated;

    public override void Set(XElement network, string value)
    {
        if (value == ForwardModes.Isolated)
        {
            Unset(network);
            return;
        }

        XElement? forward = network.Element("forward");
        if (forward is null)
        {
            network.Add(forward = new XElement("forward"));
        }

        forward.SetAttributeValue("mode", value);
        if (value != ForwardModes.Nat)
        {
            forward.Element("nat")?.Remove();
        }
    }

    public override void Unset(XElement network) => network.Element("forward")?.Remove();
}

/// <summary>The one interface of the host that guests go out by.</summary>
internal sealed record UplinkProperty(string Key, string Help) : NetworkProperty(Key, Help)
{
    public override string? Get(XElement network) =>
        network.Element("forward") is { } forward
            ? (string?)forward.Attribute("dev") ?? (string?)forward.Element("interface")?.Attribute("dev")
            : null;

    public override void Set(XElement network, string value)
    {
        XElement forward = XmlPlace.Make(network, "forward");
        forward.Elements("interface").Remove(); // the first of them is the same again
        forward.SetAttributeValue("dev", value);
    }

    public override void Unset(XElement network)
    {
        network.Element("forward")?.Elements("interface").Remove();
        network.Element("forward")?.Attribute("dev")?.Remove();
    }
}
