using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Host.Flows;
using VirtNet.Host.Nft;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Tests.Nft;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Tests.Flows;

/// <summary>Whose established connections may pass the rules by.</summary>
public class FlowOffloadTests
{
    private static readonly Bandwidth s_limits = new(new BandwidthLimit(100), Outbound: null);

    private static readonly NetworkPort s_port = new()
    {
        Uuid = Guid.NewGuid(), OwnerName = "guest", OwnerUuid = Guid.NewGuid(), Mac = MacAddress.Parse("52:54:00:00:00:01"),
    };

    public static readonly TheoryData<string, bool?> Networks = new()
    {
        { "nat", true },
        { "route", true },
        { "a port without limits", true },
        { "a port group without limits", true },
        { "isolated", null },
        { "open", null },
        { "bandwidth", false },
        { "a port group with bandwidth", false },
        { "isolated ports", false },
        { "a port with bandwidth", false },
        { "an isolated port", false },
        { "spans hosts", false },
        { "publishes", false },
        { "has peers", true }, // between two bridges nothing is offloaded
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Only_where_nobody_counts_on_the_rules(string what, bool? allowed)
    {
        NetworkHostState plain = TestNetworks.Default.Running();
        NetworkHostState state = what switch
        {
            "route" => (TestNetworks.Default with { Forward = new Forward(ForwardMode.Route) }).Running(),
            "a port without limits" => plain with { Ports = [s_port] },
            "a port group without limits" => (TestNetworks.Default with { PortGroups = [new PortGroup("g")] }).Running(),
            "isolated" => (TestNetworks.Default with { Forward = Forward.None }).Running(),
            "open" => (TestNetworks.Default with { Forward = new Forward(ForwardMode.Open) }).Running(),
            "bandwidth" => (TestNetworks.Default with { Bandwidth = s_limits }).Running(),
            "a port group with bandwidth" => (TestNetworks.Default with { PortGroups = [new PortGroup("g") { Bandwidth = s_limits }] }).Running(),
            "isolated ports" => (TestNetworks.Default with { PortIsolated = true }).Running(),
            "a port with bandwidth" => plain with { Ports = [s_port with { Bandwidth = s_limits }] },
            "an isolated port" => plain with { Ports = [s_port with { Isolated = true }] },
            "spans hosts" => plain with { Span = new HostSpan(5077, IPAddress.Parse("192.0.2.2"), [IPAddress.Parse("192.0.2.1")]) },
            "publishes" => plain with { Publications = 
                [
                    new HostPublication(
                        Ipv6: false, Address: null, PublishedProtocol.Tcp, new PortRange(80), Interface: null, Sources: [], Balance.RoundRobin,
                        [new HostTarget(IPAddress.Parse("192.168.122.2"), FirstPort: null)]),
                ] },
            "has peers" => plain with { Peers = [new HostPeer("lab2", "virbr2", [], Protocol: null, Ports: [])] },
            _ => plain,
        };
        FirewallRules? rules = FirewallPlanner.RulesFor(state.Network) ?? FirewallPlanner.OpenRulesFor(state.Network);
        Assert.Equal(allowed, FlowOffload.For(state, rules)?.Allowed);
    }

    [Fact]
    public void Nothing_is_offloaded_without_rules() => Assert.Null(FlowOffload.For(TestNetworks.Default.Running(), rules: null));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_network_wants_it_only_where_the_setting_says_so(bool withFlows)
    {
        FakeNft nft = new();
        using NftBackend firewall = new(nft, nft, hasHooks: null, NullLogger<NftBackend>.Instance);
        Assert.Equal(
            withFlows,
            DesiredState.For(TestNetworks.Default.Running(), firewall, withFlows: withFlows).Any(resource => resource is FlowOffload));
    }
}
