using System.Net;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Spanning;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Spanning;

/// <summary>What a network that spans hosts wants of this one beside what any network wants.</summary>
public class SpanStateTests
{
    private static readonly MacAddress s_mac = MacAddress.Parse("52:54:00:00:00:02");

    private static readonly LockedPorts s_ports =
        new(Bridge: 5, MacAddress.Parse("52:54:00:11:22:33"), [7, 8], [new GuardedPort(7, [s_mac]), new GuardedPort(8, Owners: null)]);

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
    public void Guests_are_held_to_what_is_theirs_where_the_network_says_so()
    {
        HostSpan locked = s_span with
        {
            Locks = true,
            Guests = [new SpanGuest(s_mac, [])],
            Bindings = [new SpanBinding(IPAddress.Parse("192.168.122.2"), s_mac)],
        };

        HostResource[] resources = [.. DesiredState.For(TestNetworks.Default.Running() with { Span = locked }, firewall: null)];
        Assert.Equal("locked ports of virbr0: 52:54:00:00:00:02", resources.OfType<GuestLocks>().Single().Summary);
        Assert.Equal("bindings on virbr0: 1", resources.OfType<SpanBindings>().Single().Summary);
        Assert.DoesNotContain(
            DesiredState.For(TestNetworks.Default.Running() with { Span = locked with { Locks = false } }, firewall: null),
            resource => resource is GuestLocks or SpanBindings);
    }

    [Fact]
    public void What_is_allowed_is_known_before_what_is_forbidden()
    {
        SpanBindings bindings = SpanBindings.For(TestNetworks.DualStack, "virbr0", s_span with
        {
            Bindings =
            [
                new SpanBinding(IPAddress.Parse("192.168.122.2"), s_mac), new SpanBinding(IPAddress.Parse("192.168.122.2"), MacAddress.Parse("52:54:00:00:00:03")),
                new SpanBinding(IPAddress.Parse("fd00:122::2"), s_mac),
            ],
        });

        Assert.Equal(
            """
            bound4 C0A87A025254000000020000
            bound4 C0A87A025254000000030000
            bound6 FD0001220000000000000000000000025254000000020000
            bound6 FE80000000000000505400FFFE0000025254000000020000
            bound6 FD00012200000000505400FFFE0000025254000000020000
            bound6 FE80000000000000505400FFFE0000035254000000030000
            bound6 FD00012200000000505400FFFE0000035254000000030000
            taken4 C0A87A01
            taken6 FD000122000000000000000000000001
            taken6 FE80000000000000505400FFFE112233
            taken4 C0A87A02
            taken6 FD000122000000000000000000000002
            taken6 FE80000000000000505400FFFE000002
            taken6 FD00012200000000505400FFFE000002
            taken6 FE80000000000000505400FFFE000003
            taken6 FD00012200000000505400FFFE000003
            owners 070000005254000000020000
            locked 07000000
            open 08000000 05000000
            known 050000005254000000020000
            known 050000005254001122330000
            guests 07000000
            guests 08000000
            """,
            string.Join('\n', GuardElements.Of(bindings).Concat(GuardElements.Of(s_ports)).Select(element => $"{element.Set} {element.Key} {element.Value}".TrimEnd())));
        Assert.Equal(7, GuardElements.PortOf(GuardElements.Of(s_ports).First()));
        Assert.Equal(5, GuardElements.BridgeOf(GuardElements.Of(s_ports).Single(element => element.Key == "050000005254000000020000")));
        Assert.Equal(["192.168.122.2", "192.168.122.2", "fd00:122::2"], GuardElements.Of(bindings).Take(3).Select(element => GuardElements.AddressOf(element).ToString()));
    }

    [Fact]
    public void Of_what_changes_only_that_is_touched_and_nothing_that_is_somebodys_still()
    {
        HostSpan one = s_span with { Bindings = [new SpanBinding(IPAddress.Parse("fd00:122::5054:ff:fe00:2"), s_mac), new SpanBinding(IPAddress.Parse("192.168.122.2"), s_mac)] };
        SpanBindings before = SpanBindings.For(TestNetworks.DualStack, "virbr0", one);
        SpanBindings after = SpanBindings.For(TestNetworks.DualStack, "virbr0", one with { Guests = [new SpanGuest(s_mac, [])], Bindings = [] });

        Assert.Equal(
            ["bound4 C0A87A025254000000020000", "taken4 C0A87A02"], // the other one it has made of its MAC address
            GuardElements.Difference(before, after).Select(element => $"{element.Set} {element.Key}"));
        Assert.Equal(GuardElements.Difference(before, after), GuardElements.Of(before).Except(GuardElements.Of(after)));
        Assert.Empty(GuardElements.Difference(after, before));
        Assert.Equal(GuardElements.Of(after).ToHashSet(), GuardElements.Difference(after, from: null).ToHashSet());
    }

    /// <summary>Whoever has the router's MAC address, or says so, has not the router's addresses with it.</summary>
    [Fact]
    public void A_gateways_address_is_nobodys()
    {
        MacAddress router = TestNetworks.DualStack.Mac!.Value;
        SpanBindings bindings = SpanBindings.For(TestNetworks.DualStack, "virbr0", s_span with { Guests = [new SpanGuest(router, [])] });

        Assert.Equal([IPAddress.Parse("fd00:122::5054:ff:fe11:2233")], bindings.Formed.Select(binding => binding.Address));
        Assert.Equal(router, Eui64.MacIn(Assert.Single(bindings.Formed).Address));
        Assert.Null(Eui64.MacIn(IPAddress.Parse("fd00:122::2")));
        Assert.Null(Eui64.MacIn(IPAddress.Parse("192.168.122.2")));
    }

    [Fact]
    public void A_network_knows_what_is_its_own_to_say()
    {
        SpanBindings bindings = SpanBindings.For(TestNetworks.DualStack, "virbr0", s_span);

        Assert.True(bindings.Covers(IPAddress.Parse("192.168.122.77")));
        Assert.True(bindings.Covers(IPAddress.Parse("fe80::5054:ff:fe11:2233")));
        Assert.False(bindings.Covers(IPAddress.Parse("192.168.123.77")));
        Assert.False(bindings.Covers(IPAddress.Parse("fe80::1")));
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
