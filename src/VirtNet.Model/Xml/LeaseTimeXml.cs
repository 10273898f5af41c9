using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;lease expiry= unit=/&gt;</c> of a range or a host.</summary>
internal static class LeaseTimeXml
{
    /// <summary>The first <c>&lt;lease&gt;</c> of a range or host; one without expiry says nothing.</summary>
    public static LeaseTime? ParseChild(XElement parent)
    {
        if (parent.Element("lease") is not { } lease || lease.UInt64("expiry", radix: 0) is not { } expiry)
        {
            return null;
        }

        LeaseTimeUnit unit = lease.Attribute("unit") is { } attribute ? ParseUnit(attribute) : LeaseTimeUnit.Minutes;

        // The DHCP server libvirt was written for takes no less than two minutes; 0 means infinite.
        bool tooShort = unit switch
        {
            LeaseTimeUnit.Seconds => expiry is > 0 and < 120,
            LeaseTimeUnit.Minutes => expiry is 1,
            _ => false,
        };
        return tooShort
            ? throw lease.Unsupported("The minimum lease time should be greater than 2 minutes")
            : new LeaseTime(expiry, unit);
    }

    public static XElement Format(LeaseTime lease) => new("lease",
        ElementWriting.Number("expiry", lease.Expiry),
        lease.Expiry == 0 ? null : new XAttribute("unit", UnitName(lease.Unit)));

    private static LeaseTimeUnit ParseUnit(XAttribute unit) => unit.Value switch
    {
        "seconds" => LeaseTimeUnit.Seconds,
        "minutes" => LeaseTimeUnit.Minutes,
        "hours" => LeaseTimeUnit.Hours,
        _ => throw unit.InvalidValue(),
    };

    private static string UnitName(LeaseTimeUnit unit) => unit switch
    {
        LeaseTimeUnit.Seconds => "seconds",
        LeaseTimeUnit.Hours => "hours",
        _ => "minutes",
    };
}
