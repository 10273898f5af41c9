using System.Net;
using System.Net.Sockets;

namespace VirtNet.Model.Spanning;

/// <summary>What a span may not be, as far as it and its network's definition tell: pure, of the host nothing is known here.</summary>
public static class SpanRules
{
    /// <summary>What is flooded is sent once to each of the others.</summary>
    public const int MaxHosts = 1024;

    /// <returns>Half a sentence; null = nothing speaks against it.</returns>
    public static string? WhyImpossible(NetworkSpan span, NetworkDefinition network)
    {
        if (!network.OwnsBridge)
        {
            return $"a network in mode {network.Forward.Mode.Name()} has no bridge of its own that could span hosts";
        }

        if (span.Vni > NetworkSpan.MaxVni)
        {
            return $"a VNI is a number from 1 to {NetworkSpan.MaxVni}, not {span.Vni}";
        }

        if (span.Hosts.Count > MaxHosts)
        {
            return $"there are at most {MaxHosts} hosts";
        }

        HashSet<IPAddress> seen = [];
        foreach (IPAddress host in span.Hosts)
        {
            string? reason = !seen.Add(host) ? $"host {host} is named twice"
                : host.AddressFamily != span.Hosts[0].AddressFamily ? $"hosts {span.Hosts[0]} and {host} are of two address families"
                : !IsUnicast(host) ? $"{host} is no host's address"
                : network.Ips.Any(ip => ip.Network?.Contains(host) == true) ? $"host {host} is an address of the network itself"
                : null;
            if (reason is not null)
            {
                return reason;
            }
        }

        return null;
    }

    private static bool IsUnicast(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
        && (address.AddressFamily == AddressFamily.InterNetworkV6
            ? !address.IsIPv6Multicast && !address.IsIPv6LinkLocal && !address.IsIPv4MappedToIPv6
            : address.GetAddressBytes()[0] is > 0 and < 224);
}
