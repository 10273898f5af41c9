using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Host.Iptables;
using VirtNet.Integration.Tests.Lab;
using VirtNet.Model;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>The iptables backend beside the real libvirt: the kernel's tables must read the same.</summary>
public class LibvirtComparisonTests
{
    private const string V4 = "<ip address='192.168.150.1' netmask='255.255.255.0'><dhcp><range start='192.168.150.2' end='192.168.150.99'/></dhcp></ip>";
    private const string V6 = "<ip family='ipv6' address='2001:db8:150::1' prefix='64'/>";

    private static readonly IpDefinition V4Dhcp = new(IPAddress.Parse("192.168.150.1"))
    {
        Prefix = 24,
        Ranges = [new DhcpRange(IPAddress.Parse("192.168.150.2"), IPAddress.Parse("192.168.150.99"))],
    };

    private static readonly IpDefinition V6Address = new(IPAddress.Parse("2001:db8:150::1")) { Family = "ipv6", Prefix = 64 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What is compared, and both ways of saying it.</summary>
    private static readonly Case[] Cases =
    [
        new("the default network", "<forward/>", V4, new Forward(ForwardMode.Nat), [V4Dhcp]),
        new("dual stack", "<forward/>", V4 + V6, new Forward(ForwardMode.Nat), [V4Dhcp, V6Address]),
        new("NAT for IPv6, addresses and ports",
            "<forward><nat ipv6='yes'><address start='203.0.113.20' end='203.0.113.21'/><port start='3000' end='3010'/></nat></forward>",
            V4 + V6,
            new Forward(ForwardMode.Nat)
            {
                Nat = new NatOptions
                {
                    Ipv6 = true,
                    Addresses = new AddressRange(IPAddress.Parse("203.0.113.20"), IPAddress.Parse("203.0.113.21")),
                    Ports = new NatPortRange(3000, 3010),
                },
            },
            [V4Dhcp, V6Address]),
        new("one device", "<forward dev='lo'/>", V4, new Forward(ForwardMode.Nat) { Interfaces = ["lo"] }, [V4Dhcp]),
        new("routed through one device", "<forward mode='route' dev='lo'/>", V4 + V6,
            new Forward(ForwardMode.Route) { Interfaces = ["lo"] }, [V4Dhcp, V6Address]),
        new("isolated", "", V4 + V6, Forward.None, [V4Dhcp, V6Address]),
        new("two subnets and TFTP", "<forward/>",
            "<ip address='192.168.151.1' prefix='24'><tftp root='/srv'/></ip><ip address='192.168.152.1' prefix='28'/>",
            new Forward(ForwardMode.Nat),
            [
                new IpDefinition(IPAddress.Parse("192.168.151.1")) { Prefix = 24, TftpRoot = "/srv" },
                new IpDefinition(IPAddress.Parse("192.168.152.1")) { Prefix = 28 },
            ]),
    ];

    [Fact]
    public async Task Iptables_rules_are_libvirts_own_rule_for_rule()
    {
        await using FirewallTopology theirs = await FirewallTopology.CreateAsync("iptables");
        await using LibvirtDaemon libvirt = await LibvirtDaemon.StartAsync(theirs.Host);
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        using IptablesBackend backend = TestBackends.Iptables(topology.Host);
        foreach (Case network in Cases)
        {
            await libvirt.CreateAsync(
                $"<network><name>n</name>{network.ForwardXml}<bridge name='virbr150'/>{network.IpXml}</network>");
            string expected = await SavedAsync(theirs);
            await libvirt.TryVirshAsync("net-destroy", "n");
            FirewallRules? rules = backend.RulesFor(new NetworkDefinition
            {
                Name = "n",
                Uuid = Guid.NewGuid(),
                Forward = network.Forward,
                Bridge = new Bridge { Name = "virbr150" },
                Ips = network.Ips,
            });
            await backend.ApplyAsync(null, rules, Cancel);
            string actual = await SavedAsync(topology);
            Assert.True(expected == actual, $"{network.Name}: libvirt\n{expected}\nbut virtnet\n{actual}");
            await backend.ApplyAsync(rules, null, Cancel);
            Assert.Equal(await SavedAsync(theirs), await SavedAsync(topology));
        }
    }

    [Fact]
    public async Task A_libvirt_in_the_same_chains_starts_and_stops_its_networks_undisturbed()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        await using LibvirtDaemon libvirt = await LibvirtDaemon.StartAsync(topology.Host);
        using IptablesBackend backend = TestBackends.Iptables(topology.Host);
        FirewallRules ours = FirewallTopology.AllRules()[0];
        await backend.ApplyAsync(null, ours, Cancel);
        string onlyOurs = await SavedAsync(topology);
        await libvirt.CreateAsync($"<network><name>n</name><forward/><bridge name='virbr150'/>{V4}</network>");
        string both = await SavedAsync(topology);
        Assert.Single(await backend.FindIntactAsync([ours], Cancel));
        await backend.ApplyAsync(ours, null, Cancel);
        Assert.Contains("virbr150", await SavedAsync(topology), StringComparison.Ordinal);
        await backend.ApplyAsync(null, ours, Cancel);
        Assert.Equal(Sorted(both), Sorted(await SavedAsync(topology)));
        await libvirt.TryVirshAsync("net-destroy", "n");
        Assert.Equal(onlyOurs, await SavedAsync(topology));
    }

    private static async Task<string> SavedAsync(FirewallTopology topology) =>
        await topology.Host.ShellAsync("(iptables-save; ip6tables-save) | grep -v '^#' | sed 's/\\[[0-9:]*\\]//'");

    private static string Sorted(string rules) => string.Join('\n', rules.Split('\n').Order(StringComparer.Ordinal));

    private sealed record Case(string Name, string ForwardXml, string IpXml, Forward Forward, ValueList<IpDefinition> Ips);
}
