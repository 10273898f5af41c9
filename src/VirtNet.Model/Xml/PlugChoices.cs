using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>Finds what a port's plug must have, or must not, by its type, where the schema's language cannot say so.</summary>
internal static class PlugChoices
{
    public static IEnumerable<XmlFault> Find(XElement port) => port.Elements("plug").SelectMany(plug => plug.Attribute("type")?.Value switch
    {
        "network" or "bridge" => Check(plug, ["bridge"], ["macTableManager"], [], []),
        "direct" => Check(plug, ["dev", "mode"], [], [], []),
        "hostdev-pci" => Check(plug, [], ["managed"], ["address"], ["driver"]),
        _ => [], // the schema refuses it
    });

    private static IEnumerable<XmlFault> Check(XElement plug, string[] needed, string[] possible, string[] children, string[] others)
    {
        foreach (string missing in needed.Where(name => plug.Attribute(name) is null))
        {
            yield return Fault(plug, $"The required attribute '{missing}' is missing.");
        }

        foreach (string missing in children.Where(name => plug.Element(name) is null))
        {
            yield return Fault(plug, $"The required element '{missing}' is missing.");
        }

        string type = plug.Attribute("type")!.Value;
        foreach (XAttribute more in plug.Attributes().Where(each => !each.IsNamespaceDeclaration && each.Name != "type" && !needed.Concat(possible).Contains(each.Name.LocalName)))
        {
            yield return Fault(more, $"A plug of type '{type}' has no attribute '{more.Name}'.");
        }

        foreach (XElement more in plug.Elements().Where(each => !children.Concat(others).Contains(each.Name.LocalName)))
        {
            yield return Fault(more, $"A plug of type '{type}' has no element '{more.Name}'.");
        }
    }

    private static XmlFault Fault(XObject at, string text) => new(at.Position() ?? default, text);
}
