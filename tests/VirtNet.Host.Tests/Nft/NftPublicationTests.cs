using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Firewall;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Tests.Nft;

public class NftPublicationTests
{
    private readonly FakeNft _nft = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_nothing_is_published_nothing_is_there_for_it()
    {
        using NftBackend backend = Backend();
        FirewallRules rules = FirewallNetworks.Rules("nat");
        FirewallRules publishing = rules with { Publications = [Web, Web with { Ports = new PortRange(81), Targets = [Target(1), Target(2)] }] };
        await backend.ApplyAsync(null, rules, Cancel);
        string[] before = [.. _nft.Chains];
        await backend.ApplyAsync(rules, publishing, Cancel);
        Assert.Contains(NftNames.Publish, _nft.Chains);
        Assert.Contains(_nft.Chains, chain => chain.StartsWith(NftNames.PublishedPrefix, StringComparison.Ordinal));
        Assert.Single(await backend.FindIntactAsync([publishing], Cancel));
        await backend.ApplyAsync(publishing, rules, Cancel);
        Assert.Equal(before, _nft.Chains);
        Assert.DoesNotContain(_nft.ListSets(), PublicationSets.IsOne);
    }

    [Fact]
    public async Task Another_choice_is_another_chain_and_the_former_goes()
    {
        using NftBackend backend = Backend();
        FirewallRules two = FirewallNetworks.Rules("nat") with { Publications = [Web with { Targets = [Target(1), Target(2)] }] };
        FirewallRules three = two with { Publications = [Web with { Targets = [Target(1), Target(2), Target(3)] }] };
        await backend.ApplyAsync(null, two, Cancel);
        string first = Published();
        await backend.ApplyAsync(two, three, Cancel);
        Assert.NotEqual(first, Published());
        Assert.Empty(await backend.FindIntactAsync([two], Cancel));
        Assert.Single(await backend.FindIntactAsync([three], Cancel));

        string Published() => Assert.Single(_nft.Chains, chain => chain.StartsWith(NftNames.PublishedPrefix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_that_is_refused_leaves_everything_as_it_was()
    {
        using NftBackend backend = Backend();
        FirewallRules rules = FirewallNetworks.Rules("nat") with { Publications = [Web] };
        await backend.ApplyAsync(null, rules, Cancel);
        string[] before = [.. _nft.Elements];
        _nft.Refuse = "203.0.113.9";
        FirewallRules more = rules with { Publications = [Web, Web with { Address = IPAddress.Parse("203.0.113.9") }] };
        await Assert.ThrowsAsync<VirtNet.Model.VirtNetException>(() => backend.ApplyAsync(rules, more, Cancel));
        Assert.Equal(before, _nft.Elements);
        await backend.ApplyAsync(more, rules, Cancel); // as the reconciler undoes it
        Assert.Equal(before, _nft.Elements);
    }

    [Fact]
    public async Task A_daemon_that_comes_back_finds_what_is_there_and_removes_what_nobody_publishes_any_more()
    {
        FirewallRules rules = FirewallNetworks.Rules("nat") with { Publications = [Web with { Targets = [Target(1), Target(2)] }] };
        using (NftBackend first = Backend())
        {
            await first.ApplyAsync(null, rules, Cancel);
        }

        using NftBackend second = Backend();
        Assert.Single(await second.FindIntactAsync([rules], Cancel));
        FirewallRules nothing = rules with { Publications = [] };
        using NftBackend third = Backend();
        await third.ApplyAsync(null, nothing, Cancel);
        await third.RemoveOthersAsync([nothing], [], Cancel);
        Assert.DoesNotContain(_nft.Chains, chain => chain.StartsWith("publish", StringComparison.Ordinal));
        Assert.DoesNotContain(_nft.Elements, element => element.StartsWith("pub_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_left_over_is_said_also_where_no_bridge_is_concerned()
    {
        FirewallRules before = FirewallNetworks.Rules("nat") with { Publications = [Web] };
        FirewallRules after = before with { Publications = [Web with { Targets = [Target(2)] }] };
        using (NftBackend first = Backend())
        {
            await first.ApplyAsync(null, before, Cancel);
        }

        LastLine log = new();
        using NftBackend second = new(_nft, _nft, hasHooks: null, log);
        await second.ApplyAsync(null, after, Cancel);
        await second.RemoveOthersAsync([after], [], Cancel);
        Assert.Matches(@"^Removed leftover firewall rules from inet virtnet: [a-z0-9_]+ 203\.0\.113\.5 \. tcp \. 80", log.Text);

        await second.RemoveOthersAsync([after], [], Cancel); // nothing is left to say
        Assert.Equal(1, log.Count);
        await second.RemoveOthersAsync([], [], Cancel);
        Assert.DoesNotMatch(": *$", log.Text);
    }

    [Fact]
    public void What_is_published_reads_as_nft_writes_it()
    {
        FirewallRules rules = FirewallNetworks.Rules("nat") with
        {
            Publications =
            [
                Web,
                Web with { Ports = new PortRange(9000, 9010), Targets = [new HostTarget(IPAddress.Parse("192.168.122.9"), null)] },
                Web with { Address = null, Targets = [new HostTarget(null, 8080)] },
                Web with { Ports = new PortRange(81), Sources = [IPNetwork.Parse("198.51.100.0/24")], Interface = "eth0" },
            ],
        };
        string[] elements = [.. PublicationRenderer.Elements(rules).Select(element => $"{element.Set} {{ {element} }}")];
        Assert.Contains("pub_port4 { 203.0.113.5 . tcp . 80 : 192.168.122.1 . 8000 }", elements);
        Assert.Contains("pub_accept4 { 203.0.113.5 . tcp . 80 . 192.168.122.1 . 8000 }", elements);
        Assert.Contains("pub_range4 { 203.0.113.5 . tcp . 9000-9010 : 192.168.122.9 }", elements);
        Assert.Contains("pub_accept_range4 { 203.0.113.5 . tcp . 9000-9010 . 192.168.122.9 . 9000-9010 }", elements);
        Assert.Contains("pub_any_host4 { tcp . 80 : 8080 }", elements);
        PublishedChain chain = Assert.Single(PublicationRenderer.Chains(rules));
        Assert.Equal("ip saddr { 198.51.100.0/24 } iifname \"eth0\" meta l4proto tcp dnat ip to 192.168.122.1:8000", Assert.Single(chain.Rules));
        Assert.Contains($"pub_port4_chain {{ 203.0.113.5 . tcp . 81 : jump {chain.Name} }}", elements);
    }

    [Fact]
    public void On_the_way_to_who_is_down_nobody_is_refused()
    {
        HostPublication[] places = [Web with { Targets = [Target(2)], Down = [Target(1)] }, Web with { Ports = new PortRange(81), Targets = [], Down = [Target(3)] }];
        FirewallRules rules = FirewallNetworks.Rules("nat") with { Publications = [.. places] };
        string[] elements = [.. PublicationRenderer.Elements(rules).Select(element => $"{element.Set} {{ {element} }}")];
        Assert.Contains("pub_accept4 { 203.0.113.5 . tcp . 80 . 192.168.122.1 . 8000 }", elements);
        Assert.Contains("pub_accept4 { 203.0.113.5 . tcp . 81 . 192.168.122.3 . 8000 }", elements);
        Assert.DoesNotContain(elements, element => element.StartsWith("pub_port4", StringComparison.Ordinal) && element.Contains("192.168.122.1 ", StringComparison.Ordinal));
        Assert.Equal(
            ["192.168.122.1", "192.168.122.2", "192.168.122.3"],
            VirtNet.Host.Iptables.PublicationRenderer.Render(rules, ipv6: false).Where(rule => rule.Words.StartsWith("-d 192.168.122.", StringComparison.Ordinal)
                && rule.Words.Contains("--ctorigdstport", StringComparison.Ordinal)).Select(rule => rule.Words.Split(' ')[1]).Order());
    }

    [Fact]
    public void Peers_read_as_nft_writes_them_and_their_ranges_do_not_overlap()
    {
        FirewallRules rules = FirewallNetworks.Rules("nat") with
        {
            Peers =
            [
                new HostPeer("lab2", "virbr2", [], PublishedProtocol.Tcp, [new PortRange(5432), new PortRange(8000, 8100)]),
                new HostPeer("lab2", "virbr2", [], PublishedProtocol.Tcp, [new PortRange(8050, 8200)]),
                new HostPeer("lab3", "virbr3", [], Protocol: null, []),
                new HostPeer("lab3", "virbr3", [], PublishedProtocol.Udp, []),
            ],
        };
        string own = $"\"{rules.Bridge}\"";
        Assert.Equal(
            [
                $"peer_port {{ {own} . \"virbr2\" . tcp . 5432 }}",
                $"peer_range {{ {own} . \"virbr2\" . tcp . 8000-8200 }}",
                $"peer_all {{ {own} . \"virbr3\" }}",
                $"peer_range {{ {own} . \"virbr3\" . udp . 0-65535 }}",
                $"peer_pairs {{ {own} . \"virbr2\" }}",
                $"peer_pairs {{ {own} . \"virbr3\" }}",
            ],
            PeerRenderer.Elements(rules).Select(element => $"{element.Set} {{ {element} }}"));
    }

    private static HostPublication Web { get; } = new(
        Ipv6: false, IPAddress.Parse("203.0.113.5"), PublishedProtocol.Tcp, new PortRange(80), Interface: null, Sources: [], Balance.RoundRobin,
        [Target(1)]);

    private static HostTarget Target(int i) => new(IPAddress.Parse($"192.168.122.{i}"), 8000);

    private NftBackend Backend() => new(_nft, _nft, hasHooks: null, NullLogger<NftBackend>.Instance);

    /// <summary>What was told to an operator last.</summary>
    private sealed class LastLine : ILogger<NftBackend>
    {
        public string Text { get; private set; } = "";

        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            (Text, Count) = (formatter(state, exception), Count + 1);
    }
}
