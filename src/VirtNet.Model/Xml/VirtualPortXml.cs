using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// <c>&lt;virtualport type=&gt;&lt;parameters/&gt;&lt;/virtualport&gt;</c> of a network, portgroup or port.
/// </summary>
internal static class VirtualPortXml
{
    private const int MaxProfileId = 39;

    /// <param name="typeRequired">
    /// On a network the type must be said; a portgroup or port may leave it to the network.
    /// </param>
    public static VirtualPort? Parse(XElement virtualPort, bool typeRequired)
    {
        VirtualPortType? type = ParseType(virtualPort, typeRequired);
        VirtualPort parsed = new(type);
        if (virtualPort.Element("parameters") is { } parameters)
        {
            parsed = parsed with
            {
                ManagerId = (byte?)ParseNumber(parameters, "managerid", 0xff, "value of managerid out of range"),
                TypeId = ParseNumber(parameters, "typeid", 0xffffff, "value for typeid out of range"),
                TypeIdVersion = (byte?)ParseNumber(
                    parameters, "typeidversion", 0xff, "value of typeidversion out of range"),
                InstanceId = ParseUuid(parameters, "instanceid"),
                ProfileId = ParseProfileId(parameters),
                InterfaceId = ParseUuid(parameters, "interfaceid"),
            };
            CheckParameters(parameters, parsed);
        }

        // midonet knows an interface id only; libvirt takes the others without a word and never shows them.
        parsed = type is VirtualPortType.MidoNet ? new VirtualPort(type) { InterfaceId = parsed.InterfaceId } : parsed;
        return type is null && !parsed.HasParameters ? null : parsed;
    }

    public static XElement Format(VirtualPort virtualPort) => new("virtualport",
        ElementWriting.Attribute("type", virtualPort.Type is { } type ? VirtualPortRules.NameOf(type) : null),
        !virtualPort.HasParameters ? null : new XElement("parameters",
            virtualPort.ManagerId is { } manager ? ElementWriting.Number("managerid", manager) : null,
            virtualPort.TypeId is { } typeId ? ElementWriting.Number("typeid", typeId) : null,
            virtualPort.TypeIdVersion is { } version ? ElementWriting.Number("typeidversion", version) : null,
            virtualPort.InstanceId is { } instance ? new XAttribute("instanceid", instance.ToString("D")) : null,
            virtualPort.InterfaceId is { } device ? new XAttribute("interfaceid", device.ToString("D")) : null,
            ElementWriting.Attribute("profileid", virtualPort.ProfileId)));

    private static VirtualPortType? ParseType(XElement virtualPort, bool required)
    {
        if (virtualPort.Attribute("type") is not { } type)
        {
            return required ? throw Refused(virtualPort, "missing required virtualport type") : null;
        }

        return type.Value switch
        {
            "802.1Qbg" => VirtualPortType.Vepa8021Qbg,
            "802.1Qbh" => VirtualPortType.VnLink8021Qbh,
            "openvswitch" => VirtualPortType.OpenVSwitch,
            "midonet" => VirtualPortType.MidoNet,
            _ => throw type.Unsupported($"unknown virtualport type {type.Value}", VirErrorDomain.None),
        };
    }

    private static uint? ParseNumber(XElement parameters, string name, uint maximum, string outOfRange)
    {
        if (parameters.Attribute(name) is not { } number)
        {
            return null;
        }

        bool negative =
            long.TryParse(number.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long signed)
            && signed is < 0 and >= -uint.MaxValue;
        if (!NumberText.TryParse(number.Value, radix: 0, out uint value) && !negative)
        {
            throw Refused(number, $"cannot parse value of {name} parameter");
        }

        return negative || value > maximum ? throw Refused(number, outOfRange) : value;
    }

    private static Guid? ParseUuid(XElement parameters, string name)
    {
        if (parameters.Attribute(name) is not { } uuid)
        {
            return null;
        }

        return UuidText.TryParse(uuid.Value, out Guid value)
            ? value
            : throw Refused(uuid, $"cannot parse {name} parameter as a uuid");
    }

    private static string? ParseProfileId(XElement parameters)
    {
        if (parameters.Attribute("profileid") is not { Value.Length: > 0 } profile)
        {
            return null;
        }

        return Encoding.UTF8.GetByteCount(profile.Value) <= MaxProfileId
            ? profile.Value
            : throw Refused(profile, "profileid parameter too long");
    }

    /// <summary>
    /// Which parameters a type refuses. Whether all it needs are there is only asked when a port is made.
    /// </summary>
    private static void CheckParameters(XElement parameters, VirtualPort parsed)
    {
        if (VirtualPortRules.ExtraOf(parsed) is { } extra)
        {
            throw parameters.At(extra).XmlError(VirtualPortRules.ExtraText(parsed, extra), VirErrorDomain.Net);
        }
    }

    private static VirtNetException Refused(XObject at, string detail) => at.XmlError(detail, VirErrorDomain.None);
}
