using System.Net;
using System.Numerics;
using VirtNet.Model;
using VirtNet.Services;

namespace VirtNet.Daemon.Metrics;

/// <summary>One network's numbers at one moment.</summary>
/// <param name="Counters">By the names of <see cref="NetworkCounter"/>.</param>
internal sealed record NetworkReading(string Name, bool IsActive, bool IsTroubled, IReadOnlyList<NetworkCounter> Counters)
{
    /// <summary>Addresses that can be given out.</summary>
    public long Ipv4Addresses { get; private init; }

    /// <inheritdoc cref="Ipv4Addresses"/>
    public long Ipv6Addresses { get; private init; }

    /// <param name="definition">What describes the network now; null = it is gone.</param>
    public static NetworkReading Of(
        string name, bool isActive, NetworkDefinition? definition, bool isTroubled, IReadOnlyList<NetworkCounter> counters) =>
        new(name, isActive, isTroubled, counters)
        {
            Ipv4Addresses = Capacity(definition, isIpv6: false),
            Ipv6Addresses = Capacity(definition, isIpv6: true),
        };

    /// <summary>The addresses of the ranges, and reserved ones outside of them.</summary>
    private static long Capacity(NetworkDefinition? network, bool isIpv6)
    {
        BigInteger sum = 0;
        foreach (IpDefinition ip in (network?.Ips ?? []).Where(ip => ip.IsIpv6 == isIpv6))
        {
            sum += ip.Ranges.Aggregate(BigInteger.Zero, (sum, range) => sum + Subnet.Distance(range.Start, range.End) + 1);
            sum += ip.Hosts.Count(host => host.Address is { } address && !ip.Ranges.Any(range => IsWithin(range, address)));
        }

        return sum > long.MaxValue ? long.MaxValue : (long)sum;
    }

    private static bool IsWithin(DhcpRange range, IPAddress address) =>
        Subnet.Distance(range.Start, address) >= 0 && Subnet.Distance(address, range.End) >= 0;
}
