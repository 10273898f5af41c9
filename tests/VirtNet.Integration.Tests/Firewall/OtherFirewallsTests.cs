using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Host.Nft;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>virtnet beside Docker, ufw and hand-made firewalls.</summary>
public class OtherFirewallsTests
{
    /// <summary>What Docker makes of a host, as far as it concerns others.</summary>
    private const string Docker = """
        set -e
        iptables -P FORWARD DROP
        iptables -N DOCKER-USER
        iptables -A DOCKER-USER -j RETURN
        iptables -I FORWARD -j DOCKER-USER
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guests_reach_the_outside_beside_docker_and_nothing_stays_in_its_chain()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft", "iptables");
        await topology.AddNetworksAsync();
        RecordingLogger<NeighbourlyBackend> log = new();
        using NeighbourlyBackend backend = Backend(topology, log);
        using Probe probe = new();
        probe.Listen(topology["ext"]);
        FirewallRules[] all = FirewallTopology.AllRules();
        await backend.ApplyAsync(null, all[0], Cancel);
        Assert.Equal("ACCEPT", await VerdictAsync(topology));

        // Docker starts later, and whoever watches the tables asks whether all is well.
        await topology.Host.ShellAsync(Docker);
        string untouched = await topology.Host.RunAsync("iptables", "-S");
        Assert.Equal("NO-ANSWER", await VerdictAsync(topology));
        Assert.Empty(await backend.FindIntactAsync(all[..1], Cancel));
        await backend.ApplyAsync(all[0], all[0], Cancel);
        Assert.Single(await backend.FindIntactAsync(all[..1], Cancel));
        Assert.Equal("ACCEPT", await VerdictAsync(topology));
        Assert.Empty(log.Warnings);

        // What we let pass there is still refused by our own rules.
        ProbeResult inwards = await Probe.ConnectAsync(topology["ext"], IPAddress.Parse("10.1.0.9"), null);
        Assert.Equal("REJECT", inwards.Verdict);

        await backend.ApplyAsync(null, all[1], Cancel);
        await backend.ApplyAsync(all[0], null, Cancel);
        Assert.DoesNotContain(all[0].Bridge, await topology.Host.RunAsync("iptables", "-S"), StringComparison.Ordinal);
        Assert.Contains(all[1].Bridge, await topology.Host.RunAsync("iptables", "-S"), StringComparison.Ordinal);
        using NeighbourlyBackend restarted = Backend(topology, log);
        await restarted.RemoveOthersAsync([], [], Cancel);
        Assert.Equal(untouched, await topology.Host.RunAsync("iptables", "-S"));
    }

    [Fact]
    public async Task A_firewall_that_drops_what_guests_need_is_named_once_with_what_helps()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft", "iptables");
        await topology.Host.ShellAsync("""
            set -e
            iptables -P INPUT DROP
            iptables -N ufw-user-input
            nft add table inet filter
            nft "add chain inet filter forward { type filter hook forward priority 0; policy drop; }"
            """);
        RecordingLogger<NeighbourlyBackend> log = new();
        using NeighbourlyBackend backend = Backend(topology, log);
        FirewallRules[] all = FirewallTopology.AllRules();
        await backend.ApplyAsync(null, all[0], Cancel);
        await backend.ApplyAsync(null, all[1], Cancel);
        Assert.Collection(
            log.Warnings.Order(StringComparer.Ordinal),
            text => Assert.Contains($"nft insert rule inet filter forward iifname {all[0].Bridge} accept", text, StringComparison.Ordinal),
            text => Assert.Contains($"ufw allow in on {all[0].Bridge}", text, StringComparison.Ordinal));
    }

    private static NeighbourlyBackend Backend(FirewallTopology topology, RecordingLogger<NeighbourlyBackend> log)
    {
        NftLibrary? nft = topology.Host.Run(NftLibrary.TryOpen);
        Assert.SkipWhen(nft is null, "needs libnftables");
        return new NeighbourlyBackend(
            new NftBackend(nft, NullLogger<NftBackend>.Instance),
            new ForeignFirewalls(nft, sharesTables: false, TimeProvider.System, log),
            new DockerUserChain(nft, log),
            log);
    }

    private static async Task<string> VerdictAsync(FirewallTopology topology) =>
        (await Probe.ConnectAsync(topology["g1"], IPAddress.Parse("203.0.113.1"), null)).Verdict;
}
