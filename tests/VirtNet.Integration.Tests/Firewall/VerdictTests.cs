using VirtNet.Host.Firewall;
using VirtNet.Host.Iptables;
using VirtNet.Host.Nft;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>Real packets through the rules of all networks at once.</summary>
public class VerdictTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nftables_gives_libvirts_verdicts_in_any_order_of_start_and_after_a_flush()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend backend = TestBackends.Nftables(topology.Host, inProcess: true);
        await CheckAsync(topology, backend, orderLeak: false, flush: "nft flush ruleset");
    }

    [Fact]
    public async Task Iptables_gives_libvirts_verdicts_in_any_order_of_start_and_after_a_flush()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        using IptablesBackend backend = TestBackends.Iptables(topology.Host);
        await CheckAsync(
            topology, backend, orderLeak: true,
            flush: "iptables -F; ip6tables -F; iptables -t nat -F; ip6tables -t nat -F; iptables -X LIBVIRT_INP");
    }

    private static async Task CheckAsync(FirewallTopology topology, IFirewallBackend backend, bool orderLeak, string flush)
    {
        await topology.AddNetworksAsync();
        await topology.AllowTranslatedAddressesAsync();
        using Probe probe = new();
        foreach (NetworkNamespace space in topology.Spaces)
        {
            probe.Listen(space);
        }

        FirewallRules[] all = FirewallTopology.AllRules();
        foreach (FirewallRules rules in all)
        {
            await backend.ApplyAsync(null, rules, Cancel);
        }

        await VerdictTable.CheckAsync(topology, orderLeak);
        await topology.Host.ShellAsync(flush);
        Assert.Empty(await backend.FindIntactAsync(all, Cancel));
        foreach (FirewallRules rules in all.Reverse())
        {
            await backend.ApplyAsync(rules, rules, Cancel);
        }

        Assert.Equal(all.Length, (await backend.FindIntactAsync(all, Cancel)).Count);
        await VerdictTable.CheckAsync(topology, orderLeak);
    }
}
