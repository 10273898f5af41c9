using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;bandwidth classID=&gt;&lt;inbound/&gt;&lt;outbound/&gt;&lt;/bandwidth&gt;</c> of a network, portgroup or port.</summary>
internal static class BandwidthXml
{
    /// <param name="forPort">Only a port has a guaranteed minimum (floor) and a traffic class.</param>
    /// <returns>Null for an element that limits nothing.</returns>
    public static Bandwidth? Parse(XElement bandwidth, bool forPort = false)
    {
        uint? classId = ParseClassId(bandwidth, forPort);
        XElement? inElement = Only(bandwidth, "inbound");
        XElement? outElement = Only(bandwidth, "outbound");
        BandwidthLimit? inbound = inElement is null ? null : ParseLimit(inElement);
        if (inbound is { Floor: > 0 } && !forPort)
        {
            throw inElement!.Unsupported("floor attribute is not supported for this config", VirErrorDomain.None);
        }

        BandwidthLimit? outbound = outElement is null ? null : ParseLimit(outElement);
        if (outbound is { Floor: > 0 })
        {
            throw outElement!.Unsupported("'floor' attribute allowed only in <inbound> element", VirErrorDomain.None);
        }

        inbound = LimitsNothing(inbound) ? null : inbound;
        outbound = LimitsNothing(outbound) ? null : outbound;
        return inbound is null && outbound is null ? null : new Bandwidth(inbound, outbound) { ClassId = classId };
    }

    public static XElement Format(Bandwidth bandwidth) => new("bandwidth",
        bandwidth.ClassId is { } id ? ElementWriting.Number("classID", id) : null,
        FormatLimit("inbound", bandwidth.Inbound),
        FormatLimit("outbound", bandwidth.Outbound),
        ElementWriting.Open);

    private static uint? ParseClassId(XElement bandwidth, bool forPort)
    {
        if (bandwidth.Attribute("classID") is not { } classId)
        {
            return null;
        }

        if (!forPort)
        {
            throw classId.XmlDetail("classID attribute not supported on <bandwidth> in this usage context", VirErrorDomain.None);
        }

        return NumberText.TryParse(classId.Value, radix: 10, out uint id)
            ? id
            : throw classId.XmlDetail($"Unable to parse class id '{classId.Value}'", VirErrorDomain.None);
    }

    private static XElement? Only(XElement bandwidth, string direction)
    {
        XElement? only = null;
        foreach (XElement element in bandwidth.Elements(direction))
        {
            only = only is null
                ? element
                : throw element.XmlDetail($"Only one child <{direction}> element allowed", VirErrorDomain.None);
        }

        return only;
    }

    private static BandwidthLimit ParseLimit(XElement limit)
    {
        if (limit.Attribute("average") is null && limit.Attribute("floor") is null)
        {
            throw limit.XmlDetail("Missing mandatory average or floor attributes", VirErrorDomain.None);
        }

        if (limit.Attribute("average") is null && (limit.Attribute("peak") ?? limit.Attribute("burst")) is { } alone)
        {
            throw alone.Unsupported("'peak' and 'burst' require 'average' attribute", VirErrorDomain.None);
        }

        return new BandwidthLimit(
            Average: ParseRate(limit, "average"),
            Peak: ParseRate(limit, "peak"),
            Burst: ParseRate(limit, "burst"),
            Floor: ParseRate(limit, "floor"));
    }

    private static ulong ParseRate(XElement limit, string attribute)
    {
        if (limit.Attribute(attribute) is not { } rate)
        {
            return 0;
        }

        return NumberText.TryParse(rate.Value, radix: 10, out ulong value)
            ? value
            : throw rate.Unsupported($"could not convert bandwidth {attribute} value '{rate.Value}'", VirErrorDomain.None);
    }

    /// <summary>An average of 0 is accepted, and means that there is no limit.</summary>
    private static bool LimitsNothing(BandwidthLimit? limit) => limit is null or { Average: 0, Floor: 0 };

    private static XElement? FormatLimit(string direction, BandwidthLimit? limit) =>
        limit is null ? null : new XElement(direction,
            ElementWriting.NonZero("average", limit.Average),
            ElementWriting.NonZero("peak", limit.Peak),
            ElementWriting.NonZero("floor", limit.Floor),
            ElementWriting.NonZero("burst", limit.Burst));
}
