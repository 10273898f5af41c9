namespace VirtNet.Model.Ports;

/// <summary>One of a port's parameters, an unsigned int of libvirt's API.</summary>
public sealed record PortParameter(string Name, uint Value);

/// <summary>The bandwidth of a port as libvirt's parameters (virNetworkPortGetParameters, virNetworkPortSetParameters).</summary>
public static class NetworkPortParameters
{
    public const string InboundAverage = "inbound.average";
    public const string InboundPeak = "inbound.peak";
    public const string InboundFloor = "inbound.floor";
    public const string InboundBurst = "inbound.burst";
    public const string OutboundAverage = "outbound.average";
    public const string OutboundPeak = "outbound.peak";
    public const string OutboundBurst = "outbound.burst";

    /// <summary>All values of the directions that the port limits; none for a port without bandwidth.</summary>
    public static IReadOnlyList<PortParameter> Get(NetworkPort port)
    {
        List<PortParameter> parameters = [];
        if (port.Bandwidth?.Inbound is { } inbound)
        {
            parameters.Add(Parameter(InboundAverage, inbound.Average));
            parameters.Add(Parameter(InboundPeak, inbound.Peak));
            parameters.Add(Parameter(InboundFloor, inbound.Floor));
            parameters.Add(Parameter(InboundBurst, inbound.Burst));
        }

        if (port.Bandwidth?.Outbound is { } outbound)
        {
            parameters.Add(Parameter(OutboundAverage, outbound.Average));
            parameters.Add(Parameter(OutboundPeak, outbound.Peak));
            parameters.Add(Parameter(OutboundBurst, outbound.Burst));
        }

        return parameters;
    }

    /// <summary>
    /// Replaces the port's bandwidth as a whole. A direction without an average (inbound: nor a floor) is unset; names
    /// that are not ours are passed over, the last of several equal names counts: all as libvirt does.
    /// </summary>
    /// <param name="existing">All ports of the network; <paramref name="port"/> itself may be among them.</param>
    public static NetworkPort Set(
        NetworkDefinition live,
        IReadOnlyCollection<NetworkPort> existing,
        NetworkPort port,
        IEnumerable<PortParameter> parameters)
    {
        BandwidthLimit inbound = new(Average: 0);
        BandwidthLimit outbound = new(Average: 0);
        foreach (PortParameter parameter in parameters)
        {
            switch (parameter.Name)
            {
                case InboundAverage: inbound = inbound with { Average = parameter.Value }; break;
                case InboundPeak: inbound = inbound with { Peak = parameter.Value }; break;
                case InboundFloor: inbound = inbound with { Floor = parameter.Value }; break;
                case InboundBurst: inbound = inbound with { Burst = parameter.Value }; break;
                case OutboundAverage: outbound = outbound with { Average = parameter.Value }; break;
                case OutboundPeak: outbound = outbound with { Peak = parameter.Value }; break;
                case OutboundBurst: outbound = outbound with { Burst = parameter.Value }; break;
            }
        }

        bool limitsInbound = inbound.Average > 0 || inbound.Floor > 0;
        bool limitsOutbound = outbound.Average > 0;
        NetworkPort changed = port with
        {
            Bandwidth = limitsInbound || limitsOutbound
                ? new Bandwidth(limitsInbound ? inbound : null, limitsOutbound ? outbound : null)
                : null,
        };
        return WithClass(live, [.. existing.Where(other => other.Uuid != port.Uuid)], port, changed);
    }

    /// <summary>A guarantee that comes, goes or changes takes, frees or keeps the port's traffic class.</summary>
    private static NetworkPort WithClass(
        NetworkDefinition live, IReadOnlyCollection<NetworkPort> others, NetworkPort before, NetworkPort after)
    {
        bool sameFloor = PortFloors.Of(after) == PortFloors.Of(before);
        if (!sameFloor)
        {
            PortFloors.Check(live, others, after);
        }

        uint? classId = PortFloors.Of(after) > 0
            ? before.Bandwidth?.ClassId ?? PortFloors.NextClassId(others)
            : sameFloor ? before.Bandwidth?.ClassId : null;
        return after.Bandwidth is null ? after : after with { Bandwidth = after.Bandwidth with { ClassId = classId } };
    }

    /// <summary>The API's numbers are narrower than the XML's.</summary>
    private static PortParameter Parameter(string name, ulong value) => new(name, (uint)Math.Min(value, uint.MaxValue));
}
