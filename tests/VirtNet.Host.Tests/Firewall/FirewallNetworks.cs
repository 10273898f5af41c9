using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Firewall;

/// <summary>Definitions of all kinds that differ in their rules.</summary>
internal static class FirewallNetworks
{
    public static readonly Dictionary<string, NetworkDefinition> All = new()
    {
        ["nat"] = Network(ForwardMode.Nat, V4Dhcp),
        ["nat-dual-stack"] = Network(ForwardMode.Nat, V4Dhcp, V6),
        ["nat-ipv6-nat"] = Network(ForwardMode.Nat, V4Dhcp, V6) with
        {
            Forward = new Forward(ForwardMode.Nat)
            {
                Nat = new NatOptions
                {
                    Ipv6 = true,
                    Addresses = new AddressRange(IPAddress.Parse("203.0.113.20"), IPAddress.Parse("203.0.113.21")),
                    Ports = new NatPortRange(3000, 3010),
                },
            },
        },
        ["nat-one-address"] = Network(ForwardMode.Nat, V4Dhcp) with
        {
            Forward = new Forward(ForwardMode.Nat)
            {
                Nat = new NatOptions
                {
                    Addresses = new AddressRange(IPAddress.Parse("203.0.113.20"), IPAddress.Parse("203.0.113.20")),
                },
            },
        },
        ["nat-dev"] = Network(ForwardMode.Nat, V4Dhcp) with { Forward = new Forward(ForwardMode.Nat) { Interfaces = ["eno1"] } },
        ["nat-two-subnets-tftp"] = Network(
            ForwardMode.Nat, V4Dhcp with { TftpRoot = "/srv/tftp" }, new IpDefinition(IPAddress.Parse("192.168.128.1")) { Prefix = 24 }),
        ["route"] = Network(ForwardMode.Route, V4Dhcp, V6),
        ["route-dev"] = Network(ForwardMode.Route, V4Dhcp) with { Forward = new Forward(ForwardMode.Route) { Interfaces = ["eno1"] } },
        ["isolated"] = Network(ForwardMode.None, V4Dhcp, V6),
        ["isolated-ipv6-no-address"] = Network(ForwardMode.None) with { GuestIpv6 = true },
    };

    public static IpDefinition V4Dhcp => new(IPAddress.Parse("192.168.122.1"))
    {
        Netmask = IPAddress.Parse("255.255.255.0"),
        Ranges = [new DhcpRange(IPAddress.Parse("192.168.122.2"), IPAddress.Parse("192.168.122.254"))],
    };

    public static IpDefinition V6 => new(IPAddress.Parse("2001:db8:ca2:2::1")) { Family = "ipv6", Prefix = 64 };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>The rules of one of <see cref="All"/>, on a bridge of one's own.</summary>
    public static FirewallRules Rules(string name, string bridge = "virbr0", byte id = 1) =>
        FirewallPlanner.RulesFor(All[name] with { Uuid = Id(id), Bridge = new Bridge { Name = bridge } })
        ?? throw new InvalidOperationException($"{name} has no rules");

    public static Guid Id(byte id) => new(0, 0, 0, [0, 0, 0, 0, 0, 0, 0, id]);

    public static NetworkDefinition Network(ForwardMode mode, params IpDefinition[] ips) => new()
    {
        Name = "default",
        Uuid = Id(1),
        Forward = new Forward(mode),
        Bridge = new Bridge { Name = "virbr0" },
        Ips = ips.ToValueList(),
    };
}
