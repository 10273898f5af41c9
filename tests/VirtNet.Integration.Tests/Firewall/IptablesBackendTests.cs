using VirtNet.Host.Firewall;
using VirtNet.Host.Iptables;
using VirtNet.Integration.Tests.Lab;
using VirtNet.Model;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>The backend against the kernel's own tables: what it leaves, finds and repairs.</summary>
public class IptablesBackendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Networks_go_in_any_order_and_only_the_empty_chains_stay()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        using IptablesBackend backend = TestBackends.Iptables(topology.Host);
        FirewallRules[] all = FirewallTopology.AllRules();
        foreach (FirewallRules rules in all)
        {
            await backend.ApplyAsync(null, rules, Cancel);
        }

        foreach (FirewallRules rules in all.Skip(2).Concat(all.Take(2)))
        {
            await backend.ApplyAsync(rules, null, Cancel);
            Assert.DoesNotContain(rules.Bridge, await SavedAsync(topology), StringComparison.Ordinal);
            await backend.ApplyAsync(rules, null, Cancel); // removing what is absent succeeds
        }

        Assert.DoesNotContain("-A LIBVIRT", await SavedAsync(topology), StringComparison.Ordinal);
        Assert.Contains("-A FORWARD -j LIBVIRT_FWX", await SavedAsync(topology), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_costs_two_processes_for_each_family_and_nothing_when_it_is_in_place()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        NamespaceCommandRunner runner = new(topology.Host);
        using IptablesBackend backend = TestBackends.Iptables(topology.Host, runner: runner);
        FirewallRules rules = FirewallTopology.AllRules()[0];
        await backend.ApplyAsync(null, rules, Cancel);
        Assert.Equal(
            ["iptables-save", "iptables-restore", "ip6tables-save", "ip6tables-restore"],
            runner.Commands.Select(command => command.Program));
        runner.Commands.Clear();
        await backend.ApplyAsync(rules, rules, Cancel);
        Assert.DoesNotContain(runner.Commands, command => command.Program.EndsWith("restore", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("FORWARD")]
    [InlineData("LIBVIRT_FWO")]
    public async Task A_rule_of_nftables_own_in_a_table_stops_neither_updates_nor_the_end(string chain)
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables", "nft");
        using IptablesBackend backend = TestBackends.Iptables(topology.Host, withNftables: true);
        FirewallRules nat = FirewallTopology.AllRules()[0];
        FirewallRules routed = nat with { Plan = nat.Plan with { Mode = ForwardMode.Route } };
        await backend.ApplyAsync(null, nat, Cancel);
        await topology.Host.RunAsync("nft", "add", "rule", "ip", "filter", chain, "ct", "mark", "7", "accept");
        Assert.Contains("incompatible", await topology.Host.RunAsync("iptables-save", "-t", "filter"), StringComparison.Ordinal);
        Assert.Single(await backend.FindIntactAsync([nat], Cancel));
        await backend.ApplyAsync(nat, routed, Cancel);
        Assert.Single(await backend.FindIntactAsync([routed], Cancel));
        await backend.ApplyAsync(routed, null, Cancel);
        string left = await topology.Host.RunAsync("nft", "list", "ruleset");
        Assert.DoesNotContain($"\"{nat.Bridge}\"", left, StringComparison.Ordinal);
        Assert.Contains("ct mark 0x00000007 accept", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_network_is_replaced_as_a_whole_even_if_its_old_rules_are_forgotten()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        using IptablesBackend backend = TestBackends.Iptables(topology.Host);
        FirewallRules nat = FirewallTopology.AllRules()[0];
        FirewallRules isolated = nat with { Plan = nat.Plan with { Mode = ForwardMode.None, Subnets = [], Ipv6 = false } };
        await backend.ApplyAsync(null, isolated, Cancel);
        string before = await SavedAsync(topology);
        await backend.ApplyAsync(isolated, nat, Cancel);
        Assert.Contains("MASQUERADE", await SavedAsync(topology), StringComparison.Ordinal);
        await backend.ApplyAsync(nat, isolated, Cancel);
        Assert.Equal(before, await SavedAsync(topology));
        await backend.ApplyAsync(isolated, nat, Cancel);
        await backend.ApplyAsync(null, nat with { Plan = nat.Plan with { Mode = ForwardMode.None, Subnets = [] } }, Cancel);
        Assert.DoesNotContain("10.1.0.0", await SavedAsync(topology), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iptables -F")]
    [InlineData("iptables -t nat -F POSTROUTING")]
    [InlineData("ip6tables -D FORWARD -j LIBVIRT_FWX")]
    [InlineData("iptables -D FORWARD -j LIBVIRT_FWX; iptables -A FORWARD -j LIBVIRT_FWX")]
    [InlineData("iptables -D LIBVIRT_FWO 1")]
    [InlineData("iptables -F INPUT; iptables -F LIBVIRT_INP; iptables -X LIBVIRT_INP")]
    [InlineData("nft flush ruleset")]
    public async Task Whatever_others_do_to_the_rules_is_found_and_repaired(string damage)
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables", "nft");
        using IptablesBackend backend = TestBackends.Iptables(topology.Host);
        FirewallRules rules = FirewallTopology.AllRules()[0];
        await backend.ApplyAsync(null, rules, Cancel);
        string before = await SavedAsync(topology);
        Assert.Single(await backend.FindIntactAsync([rules], Cancel));
        await topology.Host.ShellAsync(damage);
        Assert.Empty(await backend.FindIntactAsync([rules], Cancel));
        await backend.ApplyAsync(rules, rules, Cancel);
        Assert.Single(await backend.FindIntactAsync([rules], Cancel));
        Assert.Equal(Sorted(before), Sorted(await SavedAsync(topology)));
    }

    [Fact]
    public async Task What_an_administrator_or_another_libvirt_has_in_the_same_chains_stays()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        using IptablesBackend backend = TestBackends.Iptables(topology.Host);
        FirewallRules rules = FirewallTopology.AllRules()[0];
        await backend.ApplyAsync(null, rules, Cancel);
        await topology.Host.ShellAsync($"""
            set -e
            iptables -I LIBVIRT_FWI -d 10.1.0.9/32 -o {rules.Bridge} -p tcp --dport 22 -j ACCEPT
            iptables -I LIBVIRT_FWI -d 10.1.0.9/32 -o {rules.Bridge} -j ACCEPT
            iptables -I LIBVIRT_FWX -i virbr7 -o virbr7 -j ACCEPT
            iptables -t nat -I LIBVIRT_PRT -s 192.168.77.0/24 -j MASQUERADE
            """);
        Assert.Single(await backend.FindIntactAsync([rules], Cancel));
        await backend.ApplyAsync(rules, rules with { Plan = rules.Plan with { Device = "up0" } }, Cancel);
        await backend.ApplyAsync(rules, null, Cancel);
        Assert.Equal(4, (await SavedAsync(topology)).Split('\n').Count(line => line.StartsWith("-A LIBVIRT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Rules_of_bridges_that_are_gone_are_leftovers_and_rules_of_existing_ones_are_not()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        FirewallRules[] all = FirewallTopology.AllRules();
        using IptablesBackend before = TestBackends.Iptables(topology.Host);
        foreach (FirewallRules rules in all.Take(3))
        {
            await before.ApplyAsync(null, rules, Cancel);
        }

        using IptablesBackend backend = TestBackends.Iptables(topology.Host, link => link == all[1].Bridge);
        await backend.RemoveOthersAsync([all[0]], [], Cancel);
        Assert.Equal(2, (await backend.FindIntactAsync(all[..3], Cancel)).Count);
        Assert.DoesNotContain(all[2].Bridge, await SavedAsync(topology), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_retired_backend_leaves_nothing_but_chains_that_a_libvirt_may_use(bool libvirt)
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        using IptablesBackend backend = TestBackends.Iptables(topology.Host, libvirt: libvirt);
        FirewallRules[] all = FirewallTopology.AllRules();
        foreach (FirewallRules rules in all)
        {
            await backend.ApplyAsync(null, rules, Cancel);
        }

        await backend.RetireAsync(all, Cancel);
        string left = await SavedAsync(topology);
        Assert.DoesNotContain("-A LIBVIRT", left, StringComparison.Ordinal);
        Assert.Equal(libvirt, left.Contains("LIBVIRT", StringComparison.Ordinal));
        await backend.RetireAsync(all, Cancel);
    }

    private static async Task<string> SavedAsync(FirewallTopology topology) =>
        await topology.Host.ShellAsync("(iptables-save; ip6tables-save) | grep -v '^#' | sed 's/\\[[0-9:]*\\]//'");

    /// <summary>Chains are listed in the order in which they were made.</summary>
    private static string Sorted(string rules) => string.Join('\n', rules.Split('\n').Order(StringComparer.Ordinal));
}
