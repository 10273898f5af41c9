using System.Net;
using VirtNet.Model;
using VirtNet.Services.Tests.Leases;

namespace VirtNet.Services.Tests.Dhcp4;

/// <summary>A network with most of what DHCPv4 knows: 10.77.0.0/24, two ranges, reservations of each kind.</summary>
internal static class TestNetwork
{
    public static readonly NetworkDefinition Definition = new()
    {
        Name = "lab",
        Uuid = TestLease.Network,
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = "virbr0" },
        Domain = new DomainName("lab.test"),
        Mtu = 1400,
        Ips = [Address],
    };

    public static IpDefinition Address => new(IPAddress.Parse("10.77.0.1"))
    {
        Prefix = 24,
        Ranges =
        [
            new DhcpRange(IPAddress.Parse("10.77.0.10"), IPAddress.Parse("10.77.0.180")),
            new DhcpRange(
                IPAddress.Parse("10.77.0.190"), IPAddress.Parse("10.77.0.199"), new LeaseTime(300, LeaseTimeUnit.Seconds)),
        ],
        Hosts =
        [
            new DhcpHost("52:54:00:77:00:01", null, "bymac", IPAddress.Parse("10.77.0.201")),
            new DhcpHost(null, null, "byname", IPAddress.Parse("10.77.0.202")),
            new DhcpHost(
                "52:54:00:77:00:04", null, "lt", IPAddress.Parse("10.77.0.204"), new LeaseTime(2, LeaseTimeUnit.Hours)),
            new DhcpHost(
                "52:54:00:77:00:05", null, null, IPAddress.Parse("10.77.0.205"), new LeaseTime(0, LeaseTimeUnit.Minutes)),
            new DhcpHost("52:54:00:77:00:07", null, "inrange", IPAddress.Parse("10.77.0.100")),
            new DhcpHost("52:54:00:77:00:0c", null, "faraway", IPAddress.Parse("192.0.2.9")),
        ],
    };

    public static NetworkDefinition With(IpDefinition address) => Definition with { Ips = [address] };
}
