using VirtNet.Model.Ports;

namespace VirtNet.Host.Tc;

/// <summary>What a network's <c>&lt;bandwidth&gt;</c> and the guaranteed rates of its ports want of its bridge.</summary>
internal static class Shaping
{
    public static IEnumerable<HostResource> For(string bridge, NetworkHostState state)
    {
        ushort mark = TrafficLimit.MarkOf(state.Network.Uuid ?? Guid.Empty);
        if (state.Network.Bandwidth?.Inbound is { Average: > 0 } inbound)
        {
            NetworkPort[] guaranteed = [.. state.Ports.Where(port => port.Bandwidth is { Inbound.Floor: > 0, ClassId: not null })];
            ulong ceiling = inbound.Peak == 0 ? inbound.Average : inbound.Peak;
            ulong reserved = guaranteed.Aggregate(0UL, (sum, port) => sum + port.Bandwidth!.Inbound!.Floor);
            yield return new InboundShape(
                bridge, inbound.Average, inbound.Peak, inbound.Burst, Unreserved(inbound.Average, ceiling, reserved)) { Mark = mark };
            yield return new FairQueue(bridge, InboundShape.SharedClass) { Mark = mark };
            foreach (NetworkPort port in guaranteed)
            {
                uint classId = port.Bandwidth!.ClassId!.Value;
                yield return new GuaranteedClass(bridge, classId, port.Mac, port.Bandwidth.Inbound!.Floor, ceiling) { Mark = mark };
                yield return new FairQueue(bridge, classId) { Mark = mark };
            }
        }

        if (state.Network.Bandwidth?.Outbound is { Average: > 0 } outbound)
        {
            yield return new OutboundLimit(bridge, outbound.Average, outbound.Burst == 0 ? outbound.Average : outbound.Burst)
            {
                Mark = mark,
            };
        }
    }

    /// <summary>Without reservations all share the average; with some, what these leave of the ceiling (libvirt's arithmetic).</summary>
    private static ulong Unreserved(ulong average, ulong ceiling, ulong reserved) =>
        reserved == 0 ? average : Math.Max(ceiling - Math.Min(reserved, ceiling), 1);
}
