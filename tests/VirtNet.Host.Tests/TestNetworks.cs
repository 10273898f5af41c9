using System.Net;
using VirtNet.Model;

namespace VirtNet.Host.Tests;

/// <summary>Networks as their definitions are after defaults were filled in.</summary>
internal static class TestNetworks
{
    public static readonly Guid Uuid = Guid.Parse("0b7c4de5-88c4-4d0c-8d51-9a5bd30f7a26");

    public static NetworkDefinition Default { get; } = new()
    {
        Name = "default",
        Uuid = Uuid,
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = "virbr0" },
        Mac = MacAddress.Parse("52:54:00:11:22:33"),
        Ips = [new IpDefinition(IPAddress.Parse("192.168.122.1")) { Netmask = IPAddress.Parse("255.255.255.0") }],
    };

    /// <summary>Both families, an MTU, a static route of each family.</summary>
    public static NetworkDefinition DualStack { get; } = Default with
    {
        Mtu = 1400,
        Ips =
        [
            .. Default.Ips,
            new IpDefinition(IPAddress.Parse("fd00:122::1")) { Family = "ipv6", Prefix = 64 },
        ],
        Routes =
        [
            new RouteDefinition(IPAddress.Parse("10.9.0.0"), IPAddress.Parse("192.168.122.9")) { Prefix = 16 },
            new RouteDefinition(IPAddress.Parse("fd00:9::"), IPAddress.Parse("fd00:122::9")) { Prefix = 48, Metric = 7 },
        ],
    };

    public static NetworkDefinition Numbered(int number) => Default with
    {
        Name = $"n{number}",
        Uuid = new Guid(number + 1, 0, 0, new byte[8]),
        Bridge = new Bridge { Name = $"vb{number}" },
        Ips = [new IpDefinition(IPAddress.Parse($"10.60.{number}.1")) { Prefix = 24 }],
    };

    public static NetworkHostState Running(this NetworkDefinition network) => new(network, []);
}
