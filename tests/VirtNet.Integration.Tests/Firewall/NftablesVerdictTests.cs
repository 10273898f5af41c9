using VirtNet.Host.Firewall;
using VirtNet.Host.Nft;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

public class NftablesVerdictTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Packets_meet_the_same_verdicts_as_with_libvirt_in_any_order_of_start_and_after_a_flush()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        await topology.AddNetworksAsync();
        await topology.AllowTranslatedAddressesAsync();
        using NftBackend backend = Backend(topology);
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

        await VerdictTable.CheckAsync(topology, orderLeak: false);
        await topology.Host.RunAsync("nft", "flush", "ruleset");
        Assert.Empty(await backend.FindIntactAsync(all, Cancel));
        foreach (FirewallRules rules in all.Reverse())
        {
            await backend.ApplyAsync(rules, rules, Cancel);
        }

        Assert.Equal(all.Length, (await backend.FindIntactAsync(all, Cancel)).Count);
        await VerdictTable.CheckAsync(topology, orderLeak: false);
    }

    private static NftBackend Backend(FirewallTopology topology) => NftBackends.Make(topology.Host, inProcess: true);
}
