using System.Net;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Spanning;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Spanning;

/// <summary>What a network that spans hosts wants of this one beside what any network wants.</summary>
public class SpanStateTests
{
    private static readonly HostSpan s_span =
        new(5077, IPAddress.Parse("192.0.2.2"), [IPAddress.Parse("192.0.2.3"), IPAddress.Parse("192.0.2.1")]);

    [Theory]
    [InlineData(ForwardMode.Nat)]
    [InlineData(ForwardMode.Route)]
    [InlineData(ForwardMode.Open)]
    public void The_rules_come_before_the_tunnel_and_the_tunnel_before_the_way_through_it(ForwardMode mode) => Assert.Equal(
        """
        span rules of vn5077 (vni 5077, from 192.0.2.3, 192.0.2.1, not translated to hosts)
        tunnel vn5077 vni 5077 port 4789 from 192.0.2.2 to 192.0.2.1, 192.0.2.3 mtu 1400 learning on virbr0
        source of 192.168.122.0/24 on virbr0 192.0.2.2
        """,
        Build(TestNetworks.DualStack with { Forward = new Forward(mode) }, s_span));

    [Fact]
    public void Guests_of_an_isolated_network_answer_no_host() => Assert.Equal(
        """
        span rules of vn5077 (vni 5077, from 192.0.2.3, 192.0.2.1)
        tunnel vn5077 vni 5077 port 4789 from 192.0.2.2 to 192.0.2.1, 192.0.2.3 mtu 1400 learning on virbr0
        """,
        Build(TestNetworks.DualStack with { Forward = Forward.None }, s_span));

    [Fact]
    public void A_tunnel_that_is_told_does_not_learn() =>
        Assert.DoesNotContain("learning", Build(TestNetworks.Default, s_span with { Learns = false }), StringComparison.Ordinal);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_bridge_knows_of_who_is_behind_it_in_the_same_way(bool learns)
    {
        SpanLink tunnel = SpanLink.For(TestNetworks.Default, "virbr0", s_span with { Learns = learns });

        Assert.Equal((learns, learns, !learns), (tunnel.Learns, tunnel.PortLearns, tunnel.Suppresses));
    }

    [Fact]
    public void Guests_are_told_of_where_nobody_finds_out_about_them()
    {
        HostSpan told = s_span with { Learns = false, Guests = [new SpanGuest(MacAddress.Parse("52:54:00:00:00:02"), [IPAddress.Parse("192.168.122.2")])] };

        Assert.Equal(
            "guests on virbr0: 52:54:00:00:00:02",
            DesiredState.For(TestNetworks.Default.Running() with { Span = told }, firewall: null).OfType<SpanGuests>().Single().Summary);
        Assert.Empty(DesiredState.For(TestNetworks.Default.Running() with { Span = told with { Learns = true } }, firewall: null).OfType<SpanGuests>());
    }

    [Fact]
    public void All_that_is_shared_is_constant_and_a_network_some_elements()
    {
        SpanRules rules = SpanRules.For(TestNetworks.DualStack, "virbr0", s_span);
        string text = string.Concat(SpanTable.All.Select(table => table.Script + string.Concat(
            SpanElements.In(table, rules).Select(element => $"{element.Set} {element.Key}{(element.Value.Length > 0 ? " : " : "")}{element.Value}\n"))));
        Golden.Check(text, "rules.txt");
    }

    private static string Build(NetworkDefinition network, HostSpan span) => string.Join(
        '\n',
        DesiredState.For(network.Running() with { Span = span }, firewall: null)
            .Where(resource => resource is SpanRules or SpanLink or SubnetSource)
            .OrderBy(resource => resource.Rank).Select(resource => resource.Summary));
}
