using System.Globalization;
using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Host.Nft;
using VirtNet.Model;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>The backend against the kernel's own nftables: what it leaves, finds and repairs.</summary>
public class NftablesBackendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Networks_go_without_a_trace_in_any_order_and_the_last_one_takes_the_table(bool inProcess)
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend backend = TestBackends.Nftables(topology.Host, inProcess);
        FirewallRules[] all = FirewallTopology.AllRules();
        foreach (FirewallRules rules in all)
        {
            await backend.ApplyAsync(null, rules, Cancel);
        }

        foreach (FirewallRules rules in all.Skip(2).Concat(all.Take(2)))
        {
            await backend.ApplyAsync(rules, null, Cancel);
            Assert.DoesNotContain(rules.Bridge, await RulesetAsync(topology), StringComparison.Ordinal);
            await backend.ApplyAsync(rules, null, Cancel); // removing what is absent succeeds
        }

        Assert.Equal("", await RulesetAsync(topology));
    }

    [Fact]
    public async Task Applying_twice_changes_nothing_and_a_smaller_network_leaves_nothing_of_the_larger()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend backend = TestBackends.Nftables(topology.Host, inProcess: true);
        FirewallRules nat = FirewallTopology.AllRules()[0];
        FirewallRules isolated = nat with { Plan = nat.Plan with { Mode = ForwardMode.None, Subnets = [] } };
        await backend.ApplyAsync(null, isolated, Cancel);
        string before = await ElementsAsync(topology);
        await backend.ApplyAsync(isolated, isolated, Cancel);
        Assert.Equal(before, await ElementsAsync(topology));
        await backend.ApplyAsync(isolated, nat, Cancel);
        Assert.Contains("10.1.0.0", await ElementsAsync(topology), StringComparison.Ordinal);
        await backend.ApplyAsync(nat, isolated, Cancel);
        Assert.Equal(before, await ElementsAsync(topology));

        // a bridge that is renamed, and a change that was forgotten by a crash
        FirewallRules renamed = nat with { Bridge = "other0" };
        await backend.ApplyAsync(isolated, renamed, Cancel);
        Assert.DoesNotContain(nat.Bridge, await RulesetAsync(topology), StringComparison.Ordinal);
        using NftBackend restarted = TestBackends.Nftables(topology.Host, inProcess: true);
        await restarted.ApplyAsync(null, renamed with { Plan = isolated.Plan }, Cancel);
        await restarted.RemoveOthersAsync([renamed with { Plan = isolated.Plan }], [], Cancel);
        Assert.DoesNotContain("10.1.0", await ElementsAsync(topology), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nft flush ruleset")]
    [InlineData("nft delete table inet virtnet")]
    [InlineData("nft flush chain inet virtnet forward")]
    [InlineData("nft insert rule inet virtnet forward accept")]
    [InlineData("nft add chain inet virtnet forward '{ policy drop; }'")]
    [InlineData("nft flush chain inet virtnet guest_output")]
    [InlineData("nft flush chain inet virtnet translate")]
    [InlineData("nft delete rule inet virtnet translate handle $(nft -a list chain inet virtnet translate | sed -n 's/.*masquerade.*handle //p' | head -1)")]
    [InlineData("nft add rule inet virtnet guest_input accept")]
    [InlineData("nft delete element inet virtnet bridges '{ \"br-1.x\" }'")]
    [InlineData("nft delete element inet virtnet cross '{ \"br-1.x\" . \"br-1.x\" }'")]
    [InlineData("nft flush set inet virtnet host4")]
    [InlineData("nft 'add table inet virtnet { flags dormant; }'")]
    [InlineData("nft delete table inet virtnet; nft add table inet virtnet; nft add chain inet virtnet forward '{ type filter hook input priority 7; }'")]
    [InlineData("nft delete table inet virtnet; nft add table inet virtnet; nft add set inet virtnet bridges '{ type ipv4_addr; }'")]
    public async Task Whatever_others_do_to_the_rules_is_found_and_repaired(string damage)
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend backend = TestBackends.Nftables(topology.Host, inProcess: true);
        FirewallRules[] all = FirewallTopology.AllRules();
        foreach (FirewallRules rules in all)
        {
            await backend.ApplyAsync(null, rules, Cancel);
        }

        string before = await RulesetAsync(topology);
        Assert.Equal(all.Length, (await backend.FindIntactAsync(all, Cancel)).Count);
        await topology.Host.ShellAsync(damage);
        IReadOnlySet<Guid> intact = await backend.FindIntactAsync(all, Cancel);
        Assert.DoesNotContain(all[0].Network, intact);
        foreach (FirewallRules rules in all.Where(rules => !intact.Contains(rules.Network)))
        {
            await backend.ApplyAsync(rules, rules, Cancel);
        }

        Assert.Equal(all.Length, (await backend.FindIntactAsync(all, Cancel)).Count);
        Assert.Equal(Sorted(before), Sorted(await RulesetAsync(topology)));
    }

    [Fact]
    public async Task What_a_hook_script_lets_through_in_a_networks_chain_stays_until_the_network_goes()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend backend = TestBackends.Nftables(topology.Host, inProcess: true, hooks: true);
        FirewallRules rules = FirewallTopology.AllRules()[0] with { HookPlaces = true };
        await backend.ApplyAsync(null, rules, Cancel);
        await topology.Host.RunAsync("nft", "insert rule inet virtnet guest_input_br-1.x tcp dport 22 accept");
        Assert.Single(await backend.FindIntactAsync([rules], Cancel));
        await topology.Host.RunAsync("nft", "flush chain inet virtnet guest_input");
        await backend.ApplyAsync(rules, rules, Cancel);
        Assert.Contains("dport 22 accept", await RulesetAsync(topology), StringComparison.Ordinal);
        await topology.Host.RunAsync("nft", "delete element inet virtnet guest_output { br-1.x }");
        Assert.Empty(await backend.FindIntactAsync([rules], Cancel));
        await backend.ApplyAsync(rules, rules, Cancel);
        Assert.Single(await backend.FindIntactAsync([rules], Cancel));
        await backend.ApplyAsync(rules, null, Cancel);
        Assert.Equal("", await RulesetAsync(topology));
    }

    [Fact]
    public async Task A_network_that_changed_while_nobody_looked_is_not_intact()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend backend = TestBackends.Nftables(topology.Host, inProcess: true);
        FirewallRules rules = FirewallTopology.AllRules()[0];
        await backend.ApplyAsync(null, rules, Cancel);
        Assert.Empty(await backend.FindIntactAsync([rules with { Plan = rules.Plan with { Device = "up0" } }], Cancel));
        Assert.Empty(await backend.FindIntactAsync([rules with { Bridge = "other0" }], Cancel));
    }

    [Fact]
    public async Task Leftovers_of_unknown_networks_are_removed_and_the_rest_is_kept()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend lost = TestBackends.Nftables(topology.Host, inProcess: true);
        FirewallRules[] all = FirewallTopology.AllRules();
        await lost.ApplyAsync(null, all[0], Cancel);
        string onlyFirst = await RulesetAsync(topology);
        foreach (FirewallRules rules in all)
        {
            await lost.ApplyAsync(null, rules, Cancel);
        }

        using NftBackend restarted = TestBackends.Nftables(topology.Host, inProcess: true);
        await restarted.RemoveOthersAsync([all[0]], [], Cancel);
        Assert.Equal(onlyFirst, await RulesetAsync(topology));
        await restarted.RemoveOthersAsync([], [], Cancel);
        Assert.Equal("", await RulesetAsync(topology));
        await restarted.RemoveOthersAsync([], [], Cancel);
    }

    [Fact]
    public async Task A_restarted_daemon_that_stops_one_of_many_networks_leaves_the_others()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend before = TestBackends.Nftables(topology.Host, inProcess: true);
        FirewallRules[] all = FirewallTopology.AllRules();
        foreach (FirewallRules rules in all)
        {
            await before.ApplyAsync(null, rules, Cancel);
        }

        using NftBackend restarted = TestBackends.Nftables(topology.Host, inProcess: true);
        await restarted.ApplyAsync(all[0], null, Cancel); // before it looked at anything
        Assert.Equal(all.Length - 1, (await restarted.FindIntactAsync(all, Cancel)).Count);
    }

    [Fact]
    public async Task Two_networks_may_have_one_address_with_different_prefixes()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend backend = TestBackends.Nftables(topology.Host, inProcess: true);
        FirewallRules first = FirewallTopology.AllRules()[0];
        FirewallSubnet subnet = first.Plan.Subnets[0];
        FirewallRules second = first with
        {
            Network = Guid.NewGuid(),
            Bridge = "other0",
            Plan = first.Plan with { Subnets = [subnet with { Network = IPNetwork.Parse("10.1.0.0/25") }] },
        };
        await backend.ApplyAsync(null, first, Cancel);
        await backend.ApplyAsync(null, second, Cancel);
        Assert.Equal(2, (await backend.FindIntactAsync([first, second], Cancel)).Count);
        await backend.ApplyAsync(second, null, Cancel);
        Assert.Equal(first.Network, Assert.Single(await backend.FindIntactAsync([first], Cancel)));
        await backend.ApplyAsync(first, null, Cancel);
        Assert.Equal("", await RulesetAsync(topology));
    }

    [Fact]
    public async Task Every_interface_name_that_the_kernel_takes_works_or_is_refused_beforehand()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend backend = TestBackends.Nftables(topology.Host, inProcess: true);
        FirewallRules rules = FirewallTopology.AllRules()[2];
        for (char c = '!'; c <= '~'; c++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"b{c}x");
            if (InterfaceNames.IsSafe(name))
            {
                FirewallRules odd = rules with { Bridge = name, Plan = rules.Plan with { Device = name } };
                await backend.ApplyAsync(null, odd, Cancel);
                Assert.Single(await backend.FindIntactAsync([odd], Cancel));
                await backend.ApplyAsync(odd, null, Cancel);
            }
        }

        Assert.Equal("", await RulesetAsync(topology));
    }

    private static async Task<string> RulesetAsync(FirewallTopology topology) =>
        await topology.Host.RunAsync("nft", "-s", "list", "ruleset");

    private static async Task<string> ElementsAsync(FirewallTopology topology) => await topology.Host.ShellAsync(
        "nft list ruleset | tr -d '\\n\\t' | grep -o 'elements = {[^}]*}'");

    /// <summary>Chains are listed in the order in which they were made.</summary>
    private static string Sorted(string ruleset) => string.Join('\n', ruleset.Split('\n').Order(StringComparer.Ordinal));
}
