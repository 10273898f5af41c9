using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Driver;

/// <summary>A lease as libvirt's API shows it.</summary>
internal static class LeaseView
{
    private const int Ipv4 = 0;
    private const int Ipv6 = 1;

    public static DhcpLease Of(Lease lease, NetworkDefinition network)
    {
        bool ipv6 = lease.Address.AddressFamily == AddressFamily.InterNetworkV6;
        return new DhcpLease(
            Interface: network.BridgeName ?? "",
            ExpiryTime: lease.Expires?.ToUnixTimeSeconds() ?? 0,
            Type: ipv6 ? Ipv6 : Ipv4,
            Mac: lease.Mac?.ToString(),
            Iaid: lease.Iaid?.ToString(),
            IpAddress: lease.Address.ToString(),
            Prefix: PrefixFor(network, ipv6),
            Hostname: lease.HostName,
            ClientId: lease.ClientId);
    }

    // libvirt takes the first <ip> of the family: its effective prefix for IPv4, the attribute as written for IPv6.
    private static uint PrefixFor(NetworkDefinition network, bool ipv6) =>
        network.Ips.FirstOrDefault(ip => ip.IsIpv6 == ipv6) is { } first
            ? ipv6 ? first.Prefix : (uint)(first.EffectivePrefix ?? 0)
            : 0;
}
