using System.Net;
using VirtNet.Host.Firewall;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>Real packets to what networks publish.</summary>
public class PublicationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Nftables_reaches_what_is_published_and_nothing_else_also_after_a_flush() => TestBackends.CheckNftablesAsync(CheckAsync);

    [Fact]
    public Task Iptables_reaches_what_is_published_and_nothing_else_also_after_a_flush() => TestBackends.CheckIptablesAsync(CheckAsync);

    private static async Task CheckAsync(FirewallTopology topology, IFirewallBackend backend, string flush)
    {
        await topology.AddNetworksAsync();
        await PrepareAsync(topology);
        using PublicationProbe probe = new();
        Listen(topology, probe);
        FirewallRules[] all = PublicationTable.AllRules();
        foreach (FirewallRules rules in all)
        {
            await backend.ApplyAsync(null, rules, Cancel);
        }

        Assert.Equal(all.Length, (await backend.FindIntactAsync(all, Cancel)).Count);
        await PublicationTable.CheckAsync(topology);
        await PublicationPackets.CheckAsync(topology, probe);
        await SctpPackets.CheckAsync(topology);
        await CheckBalanceAsync(topology);
        await CheckLoopbackIsNobodysAsync(topology);

        await topology.Host.ShellAsync(flush);
        Assert.Empty(await backend.FindIntactAsync(all, Cancel));
        foreach (FirewallRules rules in all.Reverse())
        {
            await backend.ApplyAsync(rules, rules, Cancel);
        }

        Assert.Equal(all.Length, (await backend.FindIntactAsync(all, Cancel)).Count);
        await PublicationTable.CheckAsync(topology);

        // What is not published any more is closed; the rest of the network stays as it was.
        FirewallRules nat = all.First(rules => rules.NetworkName == "nat");
        FirewallRules less = nat with { Publications = [.. nat.Publications.Take(1)] };
        await backend.ApplyAsync(nat, less, Cancel);
        Assert.Equal("g1 203.0.113.1", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.5"), 8443));
        Assert.Equal("REJECT", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.5"), 8081));
        Assert.Equal("REJECT", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.5"), 8500));
        await backend.ApplyAsync(less, null, Cancel);
        foreach (FirewallRules rules in all.Where(rules => rules.NetworkName != "nat"))
        {
            await backend.ApplyAsync(rules, null, Cancel);
        }
    }

    private static async Task CheckBalanceAsync(FirewallTopology topology)
    {
        string[] turns = await PublicationTable.AnswersAsync(topology, 8500, 6);
        Assert.Equal((3, 3), (turns.Count(who => who == "g1"), turns.Count(who => who == "h1")));
        Assert.Single((await PublicationTable.AnswersAsync(topology, 8501, 6)).Distinct());
        string[] weighted = await PublicationTable.AnswersAsync(topology, 8505, 8);
        Assert.Equal((6, 2), (weighted.Count(who => who == "g1"), weighted.Count(who => who == "h1")));
    }

    /// <summary>A neighbour that sends to 127.0.0.1 by cable reaches neither what is published there nor the host's own.</summary>
    private static async Task CheckLoopbackIsNobodysAsync(FirewallTopology topology)
    {
        foreach ((string from, string device, string gateway) in ((string, string, string)[])[("ext", "up1", "203.0.113.2"), ("h6", "eth0", "10.6.0.1"), ("h1", "eth0", "10.1.0.1")])
        {
            await topology[from].ShellAsync($"""
                sysctl -qw net/ipv4/conf/{device}/route_localnet=1 net/ipv4/conf/all/route_localnet=1
                ip addr flush dev lo
                ip route add 127.0.0.1/32 via {gateway} dev {device}
                """);
            Assert.Equal("NO-ANSWER", await PublicationProbe.AskAsync(topology[from], IPAddress.Loopback, 8085));
            Assert.Equal("NO-ANSWER", await PublicationProbe.AskAsync(topology[from], IPAddress.Loopback, 8080));
            await topology[from].ShellAsync("ip route del 127.0.0.1/32; ip addr add 127.0.0.1/8 dev lo");
        }
    }

    private static async Task PrepareAsync(FirewallTopology topology)
    {
        await topology.Host.ShellAsync($"""
            set -e
            ip addr add 203.0.113.5/24 dev up0
            ip addr add 203.0.113.6/24 dev up0
            ip -6 addr add 2001:db8:ff::5/64 dev up0 nodad preferred_lft 0
            ip -6 addr add 2001:db8:ff::6/64 dev up0 nodad preferred_lft 0
            sysctl -qw net/ipv4/conf/{FirewallTopology.Bridge(1)}/route_localnet=1
            for f in iptables ip6tables; do test ! -e /proc/sys/net/bridge/bridge-nf-call-$f || sysctl -qw net/bridge/bridge-nf-call-$f=0; done
            """);
        await topology["ext2"].ShellAsync("ip route add 203.0.113.0/24 via 198.51.100.2");
    }

    private static void Listen(FirewallTopology topology, PublicationProbe probe)
    {
        foreach (string guest in (string[])["g1", "h1", "g4", "g5", "g6", "ext"])
        {
            probe.Listen(topology[guest], guest, 80);
        }

        foreach (int port in (int[])[22, 443, 9000, 9010, 9011, 7000, 7010, 7011])
        {
            probe.Listen(topology["g1"], "g1", port);
        }

        probe.Listen(topology["g6"], "g6", 22);
        probe.Listen(topology["h1"], "h1", 8082);
        probe.Listen(topology["g1"], "g1", 5353, udp: true);
        probe.Listen(topology["h1"], "h1", 5353, udp: true);
        probe.Listen(topology.Host, "host", 8080);
    }
}
