using System.Globalization;

namespace VirtNet.Host.Tc;

/// <summary>Writes changes of traffic control as lines for <c>tc -batch</c>.</summary>
internal static class TcScript
{
    private const string Root = "1:";
    private const string Ingress = "ffff:";

    private static readonly string MarkedFilter = string.Create(
        CultureInfo.InvariantCulture, $"protocol all prio {TcMarks.FilterPriority}");

    public static string Of(HostChange change) => string.Join('\n', Lines(change).Append(""));

    private static IEnumerable<string> Lines(HostChange change) => (change.Before, change.After) switch
    {
        (InboundShape before, null) => [$"qdisc del dev {before.Bridge} root"],
        (var before, InboundShape after) => Shape(after, anew: before is null),
        (GuaranteedClass before, null) => [RemoveFilter(before), $"class del dev {before.Bridge} classid {Class(before.ClassId)}"],
        (var before, GuaranteedClass after) => Guarantee((GuaranteedClass?)before, after),
        (FairQueue before, null) => [$"qdisc del dev {before.Bridge} parent {Class(before.ClassId)}"],
        (_, FairQueue after) =>
            [$"qdisc replace dev {after.Bridge} parent {Class(after.ClassId)} handle {after.ClassId:x}: sfq perturb 10"],
        (OutboundLimit before, null) => [$"qdisc del dev {before.Bridge} ingress"],
        (var before, OutboundLimit after) => Limit(after, anew: before is null),
        _ => throw new InvalidOperationException($"not a change of traffic control: {change}"),
    };

    private static IEnumerable<string> Shape(InboundShape shape, bool anew)
    {
        if (anew)
        {
            yield return $"qdisc add dev {shape.Bridge} root handle {Root} htb default {InboundShape.SharedClass:x} "
                + string.Create(CultureInfo.InvariantCulture, $"r2q {TcMarks.RateToQuantum(shape.Mark)}");
        }

        string quantum = Quantum(shape.Average);
        yield return $"class replace dev {shape.Bridge} parent {Root} classid {Class(InboundShape.WholeClass)} htb "
            + $"rate {Rate(shape.Average)} ceil {Rate(shape.Ceiling)} {quantum}";
        yield return $"class replace dev {shape.Bridge} parent {Class(InboundShape.WholeClass)} "
            + $"classid {Class(InboundShape.SharedClass)} htb rate {Rate(shape.Unreserved)}"
            + $" ceil {Rate(shape.Ceiling)}{(shape.Burst == 0 ? "" : $" burst {shape.Burst}kb")} {quantum}";
    }

    private static IEnumerable<string> Guarantee(GuaranteedClass? before, GuaranteedClass after)
    {
        yield return $"class replace dev {after.Bridge} parent {Class(InboundShape.WholeClass)} classid {Class(after.ClassId)} htb "
            + $"rate {Rate(after.Floor)} ceil {Rate(after.Ceiling)} {Quantum(after.Floor)}";
        if (before?.Mac != after.Mac)
        {
            if (before is not null)
            {
                yield return RemoveFilter(before);
            }

            // The Ethernet header lies before the packet proper: the destination's six bytes begin at -14.
            byte[] mac = after.Mac.ToArray();
            yield return $"filter add dev {after.Bridge} {Filter(after.ClassId)} u32 "
                + $"match u16 0x{Convert.ToHexStringLower(mac, 0, 2)} 0xffff at -14 "
                + $"match u32 0x{Convert.ToHexStringLower(mac, 2, 4)} 0xffffffff at -12 flowid {Class(after.ClassId)}";
        }
    }

    private static IEnumerable<string> Limit(OutboundLimit limit, bool anew)
    {
        if (anew)
        {
            yield return $"qdisc add dev {limit.Bridge} ingress";
        }
        else
        {
            yield return $"filter del dev {limit.Bridge} parent {Ingress} {MarkedFilter}";
        }

        yield return $"filter add dev {limit.Bridge} parent {Ingress} {MarkedFilter} u32 match u32 0 0 "
            + $"police rate {Rate(limit.Average)} burst {limit.Burst}kb mtu 64kb drop flowid {limit.Mark:x}:1";
    }

    private static string RemoveFilter(GuaranteedClass guarantee) =>
        $"filter del dev {guarantee.Bridge} {Filter(guarantee.ClassId)} u32";

    private static string Filter(uint classId) => string.Create(
        CultureInfo.InvariantCulture, $"parent {Root} protocol all prio 2 handle 800::{classId:x}");

    private static string Class(uint id) => string.Create(CultureInfo.InvariantCulture, $"1:{id:x}");

    /// <summary>tc's <c>kbps</c> is 1000 bytes a second.</summary>
    private static string Rate(ulong kilobytes) => string.Create(CultureInfo.InvariantCulture, $"{kilobytes}kbps");

    /// <summary>How much a class sends before it is the next one's turn: so many packets of 1500 bytes, as in libvirt.</summary>
    private static string Quantum(ulong kilobytes) => string.Create(
        CultureInfo.InvariantCulture, $"quantum {Math.Max(kilobytes * 1024 / 8 / 1500, 1)}");
}
