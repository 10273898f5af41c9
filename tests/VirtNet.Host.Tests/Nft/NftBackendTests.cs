using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Nft;

public sealed class NftBackendTests : IDisposable
{
    private readonly FakeNft _nft = new();
    private readonly NftBackend _backend;

    public NftBackendTests() => _backend = Backend();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task A_network_is_one_transaction_to_make_and_one_to_remove()
    {
        FirewallRules first = FirewallNetworks.Rules("nat");
        FirewallRules second = FirewallNetworks.Rules("route", "virbr1", 2);
        await _backend.ApplyAsync(null, first, Cancel);
        await _backend.ApplyAsync(null, second, Cancel);
        Assert.Equal(2, _nft.Changes);
        await _backend.ApplyAsync(second, null, Cancel);
        Assert.Equal(3, _nft.Changes);
        Assert.DoesNotContain(_nft.Elements, element => element.Contains("virbr1", StringComparison.Ordinal));
        await _backend.ApplyAsync(first, null, Cancel);
        Assert.False(_nft.HasTable);
    }

    [Fact]
    public async Task What_a_network_costs_does_not_depend_on_how_many_there_are()
    {
        (int Scripts, int Changes, int Reads)[] costs = new (int, int, int)[200];
        for (int i = 0; i < costs.Length; i++)
        {
            (int scripts, int changes, int reads) = (_nft.Scripts, _nft.Changes, _nft.Reads);
            await _backend.ApplyAsync(null, Numbered(i), Cancel);
            costs[i] = (_nft.Scripts - scripts, _nft.Changes - changes, _nft.Reads - reads);
        }

        Assert.Equal((1, 1, 8), costs[0]); // the rules that look the elements up are written once
        Assert.All(costs[1..], cost => Assert.Equal((0, 1, 8), cost));
        int before = _nft.Reads;
        Assert.Single(await _backend.FindIntactAsync([Numbered(100)], Cancel));
        Assert.Equal(8, _nft.Reads - before);
        await _backend.ApplyAsync(Numbered(100), null, Cancel);
        Assert.Equal(16, _nft.Reads - before);
        Assert.Equal(5, _nft.Chains.Count());
    }

    [Fact]
    public async Task Networks_whose_bridges_have_one_address_share_an_element_until_the_last_is_gone()
    {
        FirewallRules first = FirewallNetworks.Rules("nat");
        FirewallRules second = FirewallNetworks.Rules("nat", "virbr1", 2);
        await _backend.ApplyAsync(null, first, Cancel);
        await _backend.ApplyAsync(null, second, Cancel);
        await _backend.ApplyAsync(first, null, Cancel);
        Assert.Contains("host4 192.168.122.1", _nft.Elements);
        Assert.Single(await _backend.FindIntactAsync([second], Cancel));
        await _backend.ApplyAsync(second, FirewallNetworks.Rules("route", "virbr1", 2), Cancel);
        Assert.DoesNotContain(_nft.Elements, element => element.StartsWith("host", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_networks_that_want_one_address_translated_otherwise_the_first_is_served()
    {
        FirewallRules first = FirewallNetworks.Rules("nat-one-address");
        FirewallRules second = FirewallNetworks.Rules("nat-ipv6-nat", "virbr1", 2);
        await _backend.ApplyAsync(null, first, Cancel);
        await _backend.ApplyAsync(null, second, Cancel);
        Assert.Contains("snat_host_any 192.168.122.1 : 203.0.113.20-203.0.113.20", _nft.Elements);
        Assert.Equal(2, (await _backend.FindIntactAsync([first, second], Cancel)).Count);
    }

    [Fact]
    public async Task Addresses_to_translate_to_that_change_are_changed_in_one_transaction()
    {
        FirewallRules before = FirewallNetworks.Rules("nat-one-address");
        FirewallRules after = FirewallNetworks.Rules("nat-ipv6-nat");
        await _backend.ApplyAsync(null, before, Cancel);
        await _backend.ApplyAsync(before, after, Cancel);
        Assert.Equal(2, _nft.Changes);
        Assert.Contains("snat_guest_any \"virbr0\" : 203.0.113.20-203.0.113.21", _nft.Elements);
        Assert.Single(await _backend.FindIntactAsync([after], Cancel));
    }

    [Fact]
    public async Task The_shared_rules_are_as_if_only_the_networks_of_now_had_ever_been_there()
    {
        FirewallRules first = FirewallNetworks.Rules("nat");
        FirewallRules second = FirewallNetworks.Rules("nat-ipv6-nat", "virbr1", 2);
        await _backend.ApplyAsync(null, first, Cancel);
        IReadOnlyList<string> before = _nft.ListSets();
        await _backend.ApplyAsync(null, second, Cancel);
        Assert.Contains("out6_64", _nft.ListSets());
        await _backend.ApplyAsync(second, null, Cancel);
        Assert.Equal(before, _nft.ListSets());
        Assert.Single(await _backend.FindIntactAsync([first], Cancel));
    }

    [Fact]
    public async Task Hook_scripts_find_chains_of_their_own_and_what_they_put_there_stays()
    {
        using NftBackend backend = new(_nft, _nft, () => true, NullLogger<NftBackend>.Instance);
        FirewallRules rules = backend.RulesFor(FirewallNetworks.All["nat"])!;
        await backend.ApplyAsync(null, rules, Cancel);
        await _nft.ExecuteAsync("add rule inet virtnet guest_input_virbr0 tcp dport 22 accept", Cancel);
        int scripts = _nft.Scripts;
        await backend.ApplyAsync(rules, rules with { Plan = FirewallNetworks.Rules("nat-dev").Plan }, Cancel);
        Assert.Single(await backend.FindIntactAsync([rules with { Plan = FirewallNetworks.Rules("nat-dev").Plan }], Cancel));
        Assert.Equal(["tcp dport 22 accept"], _nft.RulesOf("guest_input_virbr0"));
        Assert.Equal(scripts + 2, _nft.Scripts); // the rules for sets with a device come, those for sets without go
        await backend.ApplyAsync(rules, null, Cancel);
        Assert.False(_nft.HasTable);
    }

    [Fact]
    public async Task What_an_earlier_version_left_is_replaced_network_by_network()
    {
        await BeAnEarlierVersionAsync();
        FirewallRules rules = FirewallNetworks.Rules("nat");
        Assert.Empty(await _backend.FindIntactAsync([rules], Cancel));
        await _backend.ApplyAsync(null, rules, Cancel);
        await _backend.RemoveOthersAsync([rules], [], Cancel);
        Assert.Single(await _backend.FindIntactAsync([rules], Cancel));
        Assert.Equal(5, _nft.Chains.Count());
        Assert.DoesNotContain("host_nat4", _nft.ListSets());
    }

    [Fact]
    public async Task Where_there_are_hook_scripts_chains_of_an_earlier_version_lose_its_rules_once()
    {
        await BeAnEarlierVersionAsync();
        using NftBackend backend = new(_nft, _nft, () => true, NullLogger<NftBackend>.Instance);
        FirewallRules rules = backend.RulesFor(FirewallNetworks.All["nat"])!;
        Assert.Empty(await backend.FindIntactAsync([rules], Cancel));
        await backend.ApplyAsync(null, rules, Cancel);
        Assert.Empty(_nft.RulesOf("guest_output_virbr0"));
        await _nft.ExecuteAsync("add rule inet virtnet guest_input_virbr0 tcp dport 22 accept", Cancel);
        await backend.ApplyAsync(rules, rules, Cancel);
        await backend.RemoveOthersAsync([rules], [], Cancel);
        Assert.Equal(["tcp dport 22 accept"], _nft.RulesOf("guest_input_virbr0"));
        Assert.Single(await backend.FindIntactAsync([rules], Cancel));
    }

    [Fact]
    public async Task A_network_whose_chains_somebody_uses_ends_all_the_same()
    {
        using NftBackend backend = new(_nft, _nft, () => true, NullLogger<NftBackend>.Instance);
        FirewallRules rules = backend.RulesFor(FirewallNetworks.All["nat"])!;
        await backend.ApplyAsync(null, rules, Cancel);
        _nft.Refuse = "delete chain";
        await Assert.ThrowsAsync<VirtNetException>(() => backend.ApplyAsync(rules, null, Cancel));
        Assert.DoesNotContain("bridges \"virbr0\"", _nft.Elements);
        _nft.Refuse = null;
        await backend.RemoveOthersAsync([], [], Cancel);
        Assert.False(_nft.HasTable);
    }

    [Fact]
    public async Task A_refused_transaction_changes_nothing_and_is_told_in_libvirts_words()
    {
        await _backend.ApplyAsync(null, FirewallNetworks.Rules("nat"), Cancel);
        _nft.Refuse = "virbr1";
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(
            () => _backend.ApplyAsync(null, FirewallNetworks.Rules("route", "virbr1", 2), Cancel));
        Assert.Equal((VirErrorCode.InternalError, VirErrorDomain.Firewall), (e.Code, e.Domain));
        Assert.StartsWith(
            "internal error: Failed to apply firewall command 'nft -f -': Error: Could not process rule: Operation not supported",
            e.Message, StringComparison.Ordinal);
        Assert.Single(await _backend.FindIntactAsync([FirewallNetworks.Rules("nat")], Cancel));
    }

    [Fact]
    public async Task Networks_of_all_kinds_are_found_whole_once_they_were_applied()
    {
        FirewallRules[] all = FirewallNetworks.All.Keys
            .Select((name, i) => FirewallNetworks.Rules(name, $"virbr{i}", (byte)(i + 1))).ToArray();
        Assert.Empty(await _backend.FindIntactAsync(all, Cancel));
        foreach (FirewallRules rules in all)
        {
            await _backend.ApplyAsync(null, rules with { Plan = rules.Plan with { Subnets = [] } }, Cancel);
            await _backend.ApplyAsync(null, rules, Cancel); // whatever was there before
        }

        Assert.Equal(all.Length, (await _backend.FindIntactAsync(all, Cancel)).Count);
    }

    [Fact]
    public async Task Rules_that_are_removed_take_along_all_that_their_network_had()
    {
        FirewallRules first = FirewallNetworks.Rules("nat");
        FirewallRules second = FirewallNetworks.Rules("nat", "virbr1", 2);
        await _backend.ApplyAsync(null, first, Cancel);
        await _backend.ApplyAsync(null, second with { Plan = FirewallNetworks.Rules("nat-two-subnets-tftp").Plan }, Cancel);
        await _backend.ApplyAsync(second, null, Cancel); // it knows of one subnet, the table of two
        Assert.DoesNotContain(_nft.Elements, element => element.Contains("virbr1", StringComparison.Ordinal));
        Assert.Single(await _backend.FindIntactAsync([first], Cancel));
    }

    [Fact]
    public async Task After_a_restart_what_a_network_has_too_much_is_no_part_of_it()
    {
        FirewallRules larger = FirewallNetworks.Rules("nat-two-subnets-tftp");
        FirewallRules smaller = FirewallNetworks.Rules("nat");
        await _backend.ApplyAsync(null, larger, Cancel);
        using NftBackend restarted = Backend();
        Assert.Empty(await restarted.FindIntactAsync([smaller], Cancel));
        await restarted.ApplyAsync(null, smaller, Cancel);
        Assert.DoesNotContain(_nft.Elements, element => element.StartsWith("out4_24", StringComparison.Ordinal)
            && element.Contains("192.168.128.0", StringComparison.Ordinal));
        Assert.Single(await restarted.FindIntactAsync([smaller], Cancel));
    }

    [Fact]
    public async Task A_network_that_starts_while_leftovers_are_removed_is_none()
    {
        FirewallRules old = FirewallNetworks.Rules("nat");
        FirewallRules late = FirewallNetworks.Rules("route", "virbr1", 2);
        await _backend.ApplyAsync(null, late, Cancel);
        await _backend.RemoveOthersAsync([old], [], Cancel);
        Assert.Single(await _backend.FindIntactAsync([late], Cancel));
    }

    [Fact]
    public async Task A_backend_that_retires_takes_its_table_along()
    {
        await _backend.ApplyAsync(null, FirewallNetworks.Rules("nat"), Cancel);
        using NftBackend unused = Backend();
        await unused.RetireAsync([], Cancel);
        Assert.False(_nft.HasTable);
        await unused.RetireAsync([], Cancel);
    }

    [Fact]
    public void A_description_is_the_script_itself() =>
        Assert.Contains("masquerade to :1024-65535", _backend.Describe(FirewallNetworks.Rules("nat")), StringComparison.Ordinal);

    [Fact]
    public async Task Whose_rules_in_the_shared_chains_are_removed_is_said_once_with_where_they_belong()
    {
        using ListLogger log = new();
        using NftBackend backend = new(_nft, _nft, hasHooks: null, new Logger<NftBackend>(log));
        FirewallRules rules = FirewallNetworks.Rules("nat");
        await backend.ApplyAsync(null, rules, Cancel);
        await _nft.ExecuteAsync("add rule inet virtnet forward ip saddr 9.9.9.9 counter comment \"mine\"\n", Cancel);
        Assert.Empty(log.Told);
        await backend.ApplyAsync(null, rules, Cancel);
        await backend.ApplyAsync(null, rules, Cancel);
        Assert.Single(await backend.FindIntactAsync([rules], Cancel));
        string told = Assert.Single(log.Told);
        Assert.StartsWith("Warning: Rules that are not virtnet's are removed", told, StringComparison.Ordinal);
        Assert.Contains("(forward of table inet virtnet)", told, StringComparison.Ordinal);
    }

    private NftBackend Backend() => new(_nft, _nft, hasHooks: null, NullLogger<NftBackend>.Instance);

    private static FirewallRules Numbered(int number) =>
        FirewallPlanner.RulesFor(TestNetworks.Numbered(number)) ?? throw new InvalidOperationException("it has rules");

    /// <summary>Makes what earlier versions made of a network: chains of its own, with its rules.</summary>
    private Task BeAnEarlierVersionAsync() =>
        _nft.ExecuteAsync("""
            add table inet virtnet
            add map inet virtnet guest_output { type ifname : verdict; }
            add map inet virtnet guest_input { type ifname : verdict; }
            add map inet virtnet guest_nat { type ifname : verdict; }
            add map inet virtnet host_nat4 { type ipv4_addr : verdict; }
            add map inet virtnet host_nat6 { type ipv6_addr : verdict; }
            add chain inet virtnet forward { type filter hook forward priority 0; policy accept; }
            add rule inet virtnet forward iifname vmap @guest_output
            add chain inet virtnet guest_nat { type nat hook postrouting priority 100; policy accept; }
            add rule inet virtnet guest_nat iifname vmap @guest_nat
            add chain inet virtnet guest_output_virbr0
            add chain inet virtnet guest_input_virbr0
            add chain inet virtnet guest_nat_virbr0
            add rule inet virtnet guest_output_virbr0 oifname "virbr0" accept comment "default 9dfd8d17a485"
            add element inet virtnet guest_output { "virbr0" : jump guest_output_virbr0 }
            add element inet virtnet guest_input { "virbr0" : jump guest_input_virbr0 }
            add element inet virtnet guest_nat { "virbr0" : jump guest_nat_virbr0 }
            """, Cancel);
}
