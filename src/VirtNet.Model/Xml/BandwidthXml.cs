using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// <c>&lt;bandwidth classID=&gt;&lt;inbound/&gt;&lt;outbound/&gt;&lt;/bandwidth&gt;</c> of a network, portgroup or
/// port.
/// </summary>
internal static class BandwidthXml
{
    /// <param name="forPort">Only a port has a guaranteed minimum (floor) and a traffic class.</param>
    /// <returns>Null for an element that limits nothing.</returns>
    public static Bandwidth? Parse(XElement bandwidth, bool forPort = false)
    {
        uint? classId = bandwidth.UInt32("classID");
        if (classId is not null && !forPort)
        {
            throw bandwidth.At("classID").XmlDetail(
                "classID attribute not supported on <bandwidth> in this usage context", VirErrorDomain.None);
        }

        BandwidthLimit? inbound = bandwidth.Element("inbound") is { } towards
            ? ParseLimit(towards, mayHaveFloor: forPort)
            : null;
        BandwidthLimit? outbound = bandwidth.Element("outbound") is { } from
            ? ParseLimit(from, mayHaveFloor: false)
            : null;
        return inbound is null && outbound is null
            ? null
            : new Bandwidth(inbound, outbound) { ClassId = classId is 0 ? null : classId };
    }

    public static XElement Format(Bandwidth bandwidth) => new("bandwidth",
        bandwidth.ClassId is { } id ? ElementWriting.Number("classID", id) : null,
        FormatLimit("inbound", bandwidth.Inbound),
        FormatLimit("outbound", bandwidth.Outbound),
        ElementWriting.Open);

    /// <returns>Null for an average of 0, which is accepted and means that there is no limit.</returns>
    private static BandwidthLimit? ParseLimit(XElement limit, bool mayHaveFloor)
    {
        ulong? average = limit.UInt64("average", radix: 10);
        ulong? peak = limit.UInt64("peak", radix: 10);
        ulong? burst = limit.UInt64("burst", radix: 10);
        ulong? floor = limit.UInt64("floor", radix: 10);
        if (average is null && floor is null)
        {
            throw limit.XmlDetail("Missing mandatory average or floor attributes", VirErrorDomain.None);
        }

        if (average is null && (peak ?? burst) is not null)
        {
            throw limit.Unsupported("'peak' and 'burst' require 'average' attribute", VirErrorDomain.None);
        }

        if (floor is not null && !mayHaveFloor)
        {
            throw limit.At("floor").Unsupported(
                "floor attribute is not supported for this config", VirErrorDomain.None);
        }

        return (average ?? 0, floor ?? 0) == (0, 0)
            ? null
            : new BandwidthLimit(average ?? 0, peak ?? 0, floor ?? 0, burst ?? 0);
    }

    // libvirt leaves out an average of 0 that stands beside peak or burst, and cannot read back what it has written.
    private static XElement? FormatLimit(string direction, BandwidthLimit? limit) =>
        limit is null ? null : new XElement(direction,
            limit is { Average: 0, Peak: 0, Burst: 0 } ? null : ElementWriting.Number("average", limit.Average),
            ElementWriting.NonZero("peak", limit.Peak),
            ElementWriting.NonZero("floor", limit.Floor),
            ElementWriting.NonZero("burst", limit.Burst));
}
