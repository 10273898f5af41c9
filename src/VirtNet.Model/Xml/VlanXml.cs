using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// <c>&lt;vlan trunk=&gt;&lt;tag id= nativeMode=/&gt;&lt;/vlan&gt;</c> of a network, portgroup or port.
/// </summary>
internal static class VlanXml
{
    private const uint MaxTag = 4095;

    public static Vlan Parse(XElement vlan)
    {
        List<VlanTag> tags = [];
        bool native = false;
        foreach (XElement element in vlan.Elements("tag"))
        {
            VlanTag tag = ParseTag(element, native);
            native |= tag.NativeMode is not null;
            tags.Add(tag);
        }

        return tags.Count == 0
            ? throw Refused(vlan, "missing tag id - each <vlan> must have at least one <tag id='n'/> subelement")
            : new Vlan(ParseTrunk(vlan, tags.Count, native), tags.ToValueList());
    }

    public static XElement Format(Vlan vlan)
    {
        XElement element = new("vlan", vlan.Trunk ? new XAttribute("trunk", "yes") : null);
        foreach (VlanTag tag in vlan.Tags)
        {
            element.Add(new XElement("tag",
                ElementWriting.Number("id", tag.Id),
                ElementWriting.Attribute("nativeMode", tag.NativeMode switch
                {
                    VlanNativeMode.Tagged => "tagged",
                    VlanNativeMode.Untagged => "untagged",
                    _ => null,
                })));
        }

        return element;
    }

    private static VlanTag ParseTag(XElement tag, bool nativeSeen)
    {
        uint id = tag.UInt32("id") ?? throw tag.Missing("id");
        if (id > MaxTag)
        {
            throw Refused(tag.At("id"), $"vlan tag id {id} too large (maximum {MaxTag})");
        }

        if (tag.Attribute("nativeMode") is not { } mode)
        {
            return new VlanTag((ushort)id);
        }

        VlanNativeMode native = mode.Value switch
        {
            "tagged" => VlanNativeMode.Tagged,
            "untagged" => VlanNativeMode.Untagged,
            _ => throw mode.InvalidValue(),
        };
        return nativeSeen ? throw Refused(mode, "duplicate native vlan setting") : new VlanTag((ushort)id, native);
    }

    /// <summary>
    /// Several tags make a trunk; an explicit "no" is only taken where it says nothing new, and then dropped.
    /// </summary>
    private static bool ParseTrunk(XElement vlan, int tags, bool native)
    {
        if (vlan.Attribute("trunk") is not { Value.Length: > 0 } trunk)
        {
            return tags > 1;
        }

        if (trunk.Value.Equals("yes", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (tags > 1)
        {
            throw Refused(
                trunk, $"invalid \"trunk='{trunk.Value}'\" in <vlan> - trunk='yes' is required for more than "
                    + "one vlan tag");
        }

        if (native)
        {
            throw Refused(trunk, "invalid configuration in <vlan> - \"trunk='no'\" is not allowed with a "
                + "native vlan id");
        }

        return trunk.Value.Equals("no", StringComparison.OrdinalIgnoreCase)
            ? false
            : throw Refused(trunk, $"invalid \"trunk='{trunk.Value}'\" in <vlan> - must be yes or no");
    }

    private static VirtNetException Refused(XObject at, string detail) => at.XmlError(detail, VirErrorDomain.None);
}
