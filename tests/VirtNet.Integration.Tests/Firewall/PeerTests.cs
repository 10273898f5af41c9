using System.Net;
using VirtNet.Host;
using VirtNet.Host.Firewall;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>Real packets between networks that let each other in, and between those that do not.</summary>
public class PeerTests
{
    /// <summary>
    /// One row a line: from where, address and port (UDP with <c>/udp</c>), and what the client hears: who answers and as whom it sees
    /// the client. CLOSED is refused at once or by the answer's way back, as libvirt's order of iptables chains has it.
    /// </summary>
    private const string Rows = """
        g6     10.1.0.9:5432              g1 10.6.0.9
        g6     10.1.0.8:5432              h1 10.6.0.9
        h6     [2001:db8:1::9]:5432       g1 2001:db8:6::8
        g6     10.1.0.9:22                REJECT
        g6     [2001:db8:1::9]:22         CLOSED
        g6     10.1.0.9:5353/udp          REJECT
        g1     10.6.0.9:5432              REJECT
        g1     [2001:db8:6::9]:5432       REJECT
        g2     10.1.0.9:7000              g1 10.2.0.9
        g2     10.1.0.9:7010              g1 10.2.0.9
        g2     10.1.0.9:7011              REJECT
        g2     [2001:db8:1::9]:7005       g1 2001:db8:2::9
        g2     10.1.0.9:5353/udp          g1 10.2.0.9
        g2     10.1.0.8:5353/udp          REJECT
        g2     10.6.0.9:22                g6 10.2.0.9
        g2     [2001:db8:6::9]:22         g6 2001:db8:2::9
        g6     10.2.0.9:22                REJECT
        g1     10.2.0.9:22                REJECT
        g1     10.5.0.9:80                g5 10.1.0.9
        g6     10.4.0.9:80                CLOSED
        g3     10.1.0.9:5432              REJECT
        ext    10.1.0.9:5432              REJECT
        ext    10.6.0.9:22                REJECT
        g6     203.0.113.1:80             REJECT
        g2     203.0.113.1:80             ext 203.0.113.2x
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Nftables_lets_in_what_is_said_and_nothing_else_also_after_a_flush() => TestBackends.CheckNftablesAsync(CheckAsync);

    [Fact]
    public Task Iptables_lets_in_what_is_said_and_nothing_else_also_after_a_flush() => TestBackends.CheckIptablesAsync(CheckAsync);

    private static async Task CheckAsync(FirewallTopology topology, IFirewallBackend backend, string flush)
    {
        await topology.AddNetworksAsync();
        await topology.AllowTranslatedAddressesAsync();
        using PublicationProbe probe = new();
        Listen(topology, probe);
        FirewallRules[] closed = [.. FirewallTopology.Networks
            .Select(network => FirewallPlanner.RulesFor(network) ?? FirewallPlanner.OpenRulesFor(network)).OfType<FirewallRules>()];
        FirewallRules[] open = [.. closed.Select(rules => rules with { Peers = PeersOf(rules.NetworkName) })];
        foreach (FirewallRules rules in open)
        {
            await backend.ApplyAsync(null, rules, Cancel);
        }

        Assert.Equal(open.Length, (await backend.FindIntactAsync(open, Cancel)).Count);
        await CheckRowsAsync(topology);
        await topology["g2"].RunAsync("ping", "-c1", "-W1", "10.6.0.9");
        Assert.NotEqual(0, (await topology["g6"].TryAsync("ping", "-c1", "-W1", "10.1.0.9")).ExitCode);

        await topology.Host.ShellAsync(flush);
        Assert.Empty(await backend.FindIntactAsync(open, Cancel));
        foreach (FirewallRules rules in open.Reverse())
        {
            await backend.ApplyAsync(rules, rules, Cancel);
        }

        Assert.Equal(open.Length, (await backend.FindIntactAsync(open, Cancel)).Count);
        await CheckRowsAsync(topology);

        // What is not said any more is closed at once; what is wider overlaps what was there.
        FirewallRules nat = open.First(rules => rules.NetworkName == "nat");
        FirewallRules other = nat with
        {
            Peers = [Peer(6, PublishedProtocol.Udp, [5353]), Peer(2, PublishedProtocol.Tcp, new PortRange(7005, 7011)), Peer(2, PublishedProtocol.Tcp, new PortRange(7000, 7006))],
        };
        await backend.ApplyAsync(nat, other, Cancel);
        Assert.Contains(other.Network, await backend.FindIntactAsync([other], Cancel));
        Assert.Equal("REJECT", await PublicationProbe.AskAsync(topology["g6"], IPAddress.Parse("10.1.0.9"), 5432));
        Assert.Equal("g1 10.6.0.9", await PublicationProbe.AskAsync(topology["g6"], IPAddress.Parse("10.1.0.9"), 5353, udp: true));
        Assert.Equal("g1 10.2.0.9", await PublicationProbe.AskAsync(topology["g2"], IPAddress.Parse("10.1.0.9"), 7011));
        await backend.ApplyAsync(other, closed.First(rules => rules.NetworkName == "nat"), Cancel);
        Assert.Equal("REJECT", await PublicationProbe.AskAsync(topology["g2"], IPAddress.Parse("10.1.0.9"), 7011));
        foreach (FirewallRules rules in open)
        {
            await backend.ApplyAsync(rules, null, Cancel);
        }
    }

    private static Task CheckRowsAsync(FirewallTopology topology) => PublicationProbe.CheckRowsAsync(topology, Rows, (heard, expected) =>
        (expected == "CLOSED" && heard is "REJECT" or "NO-ANSWER") || heard == expected
        || (expected.EndsWith('x') && heard.StartsWith(expected[..^1], StringComparison.Ordinal)));

    private static void Listen(FirewallTopology topology, PublicationProbe probe)
    {
        foreach (string guest in (string[])["g1", "g2", "g6"])
        {
            probe.Listen(topology[guest], guest, 22);
            probe.Listen(topology[guest], guest, 5432);
        }

        foreach (int port in (int[])[7000, 7005, 7010, 7011])
        {
            probe.Listen(topology["g1"], "g1", port);
        }

        foreach (string guest in (string[])["g1", "g4", "g5", "ext"])
        {
            probe.Listen(topology[guest], guest, 80);
        }

        probe.Listen(topology["h1"], "h1", 5432);
        probe.Listen(topology["g1"], "g1", 5353, udp: true);
    }

    private static ValueList<HostPeer> PeersOf(string network) => network switch
    {
        "nat" => [Peer(6, PublishedProtocol.Tcp, [5432]), Peer(2, PublishedProtocol.Tcp, new PortRange(7000, 7010)), Peer(2, PublishedProtocol.Udp)],
        "none" => [Peer(2, null)],
        "open" => [Peer(1, PublishedProtocol.Tcp, [80])],
        _ => [],
    };

    private static HostPeer Peer(int of, PublishedProtocol protocol, ushort[] ports) =>
        Peer(of, protocol, [.. ports.Select(port => new PortRange(port))]);

    private static HostPeer Peer(int of, PublishedProtocol? protocol, params PortRange[] ports)
    {
        NetworkDefinition network = FirewallTopology.Networks[of - 1];
        return new HostPeer(
            network.Name, network.BridgeName!, network.Ips.Select(ip => ip.Network!.Value).ToValueList(), protocol, ports.ToValueList());
    }
}
