namespace VirtNet.Model.Ports;

/// <summary>
/// The bandwidth that a network guarantees to single ports (<c>floor</c>, kilobytes a second). Each such port has a
/// traffic class of its own on the bridge; what the guarantees leave over is shared by all others.
/// </summary>
public static class PortFloors
{
    /// <summary>0 is unused, 1 the root and 2 the class of the ports without a guarantee.</summary>
    public const uint FirstClassId = 3;

    public static ulong Of(NetworkPort port) => port.Bandwidth?.Inbound?.Floor ?? 0;

    public static ulong Sum(IEnumerable<NetworkPort> ports) =>
        ports.Aggregate(0UL, (sum, port) => sum + Of(port));

    /// <summary>The lowest class that none of the ports has.</summary>
    internal static uint NextClassId(IEnumerable<NetworkPort> ports)
    {
        HashSet<uint> taken = [.. ports.Select(port => port.Bandwidth?.ClassId).OfType<uint>()];
        uint next = FirstClassId;
        while (taken.Contains(next))
        {
            next++;
        }

        return next;
    }

    /// <summary>Refuses a port whose guarantee the network cannot give beside those of the other ports.</summary>
    internal static void Check(NetworkDefinition network, IEnumerable<NetworkPort> others, NetworkPort port)
    {
        if (Of(port) == 0)
        {
            return;
        }

        if (!network.OwnsBridge)
        {
            throw InvalidUse(
                port,
                "'floor' is only supported for interface type 'network' with forward type 'nat', 'route', 'open' or none");
        }

        if (network.Bandwidth?.Inbound is not { } limit)
        {
            throw InvalidUse(port, $"network '{network.Name}' has no inbound QoS set");
        }

        ulong sum = Sum(others) + Of(port);
        if (sum > (limit.Peak > 0 ? limit.Peak : limit.Average))
        {
            string exceeded = limit.Peak > 0 ? $"peak={limit.Peak}" : $"average={limit.Average}";
            throw VirtNetException.OperationInvalid(
                $"Cannot plug '{port.Mac}' interface into '{network.BridgeName}' because new combined inbound "
                + $"floor={sum} would overcommit {exceeded} on network '{network.Name}'");
        }
    }

    private static VirtNetException InvalidUse(NetworkPort port, string reason) =>
        VirtNetException.OperationUnsupported(
            $"Invalid use of 'floor' on interface with MAC address {port.Mac} - {reason}");
}
