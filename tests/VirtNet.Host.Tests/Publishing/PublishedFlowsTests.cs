using System.Net;
using VirtNet.Host.Netlink;
using VirtNet.Host.Publishing;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Tests.Publishing;

public class PublishedFlowsTests
{
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const string Public = "203.0.113.5";

    private static readonly HostPublication Web = new(
        Ipv6: false, IPAddress.Parse(Public), PublishedProtocol.Udp, new PortRange(80), null, [], Balance.RoundRobin,
        [new HostTarget(IPAddress.Parse("10.0.0.1"), 80)]);

    [Fact]
    public void What_was_sent_before_something_is_published_is_looked_at_anew()
    {
        PublishedFlows flows = Between([], [Web]);
        Assert.True(flows.Includes(Flow(Udp, Public, 80, answers: Public, translated: false)));
        Assert.False(flows.Includes(Flow(Udp, Public, 81, answers: Public, translated: false)));
        Assert.False(flows.Includes(Flow(Tcp, Public, 80, answers: Public, translated: false)));
        Assert.False(flows.Includes(Flow(Udp, "203.0.113.9", 80, answers: Public, translated: false)));
    }

    [Fact]
    public void On_any_address_only_the_hosts_own_are_meant()
    {
        PublishedFlows flows = Between([], [Web with { Address = null }]);
        Assert.True(flows.Includes(Flow(Udp, Public, 80, answers: Public, translated: false)));
        Assert.False(flows.Includes(Flow(Udp, "198.51.100.7", 80, answers: "198.51.100.7", translated: false)));
    }

    [Fact]
    public void What_is_not_published_any_more_ends_of_whatever_protocol()
    {
        HostPublication tcp = Web with { Protocol = PublishedProtocol.Tcp };
        Assert.True(Between([Web], []).Includes(Flow(Udp, Public, 80, answers: "10.0.0.1", translated: true)));
        Assert.True(Between([tcp], []).Includes(Flow(Tcp, Public, 80, answers: "10.0.0.1", translated: true)));
        Assert.False(Between([Web], []).Includes(Flow(Udp, Public, 80, answers: Public, translated: false)));
        Assert.False(Between([Web], [Web]).Any);
    }

    [Fact]
    public void Nobody_gets_the_datagrams_of_who_had_his_address_before()
    {
        HostPublication moved = Web with { Targets = [new HostTarget(IPAddress.Parse("10.0.0.2"), 80)] };
        Assert.True(Between([Web], [moved]).Includes(Flow(Udp, Public, 80, answers: "10.0.0.1", translated: true)));
        Assert.False(Between([Web], [moved]).Includes(Flow(Udp, Public, 80, answers: "10.0.0.2", translated: true)));
    }

    [Fact]
    public void Who_drains_keeps_all_and_who_is_down_what_is_connected()
    {
        IPAddress first = IPAddress.Parse("10.0.0.1");
        ValueList<HostTarget> other = [new HostTarget(IPAddress.Parse("10.0.0.2"), 80)];
        HostPublication both = Web with { Targets = [.. Web.Targets, .. other] };
        HostPublication draining = Web with { Targets = other, Draining = [first] };
        HostPublication down = Web with { Targets = other, Down = [new HostTarget(first, 80)] };
        ConntrackFlow datagrams = Flow(Udp, Public, 80, answers: "10.0.0.1", translated: true);
        Assert.False(Between([both], [draining]).Includes(datagrams));
        Assert.True(Between([both], [down]).Includes(datagrams));
        HostPublication tcp = both with { Protocol = PublishedProtocol.Tcp };
        PublishedFlows died = Between([tcp], [down with { Protocol = PublishedProtocol.Tcp }]);
        ConntrackFlow connected = Flow(Tcp, Public, 80, answers: "10.0.0.1", translated: true) with { IsAnswered = true };
        Assert.False(died.Includes(connected));
        Assert.True(died.Includes(connected with { IsAnswered = false })); // its next attempt comes to somebody who is there
        Assert.False(died.Includes(connected with { IsAnswered = false, Answers = IPAddress.Parse("10.0.0.2") }));
        HostPublication still = down with { Protocol = PublishedProtocol.Tcp };
        Assert.False(Between([still], [still with { Targets = [new HostTarget(IPAddress.Parse("10.0.0.3"), 80)], Draining = [IPAddress.Parse("10.0.0.2")] }]).Any);
    }

    [Fact]
    public void Of_what_has_connections_nothing_is_asked_when_it_only_begins_or_gets_more_targets()
    {
        HostPublication tcp = Web with { Protocol = PublishedProtocol.Tcp };
        Assert.False(Between([], [tcp]).Any);
        Assert.True(Between([], [tcp, Web]).Any);
        Assert.True(Between([tcp], []).Any);
        Assert.False(Between([tcp], [tcp with { Targets = [.. tcp.Targets, new HostTarget(IPAddress.Parse("10.0.0.2"), 80)] }]).Any);
    }

    private static PublishedFlows Between(ValueList<HostPublication> before, ValueList<HostPublication> after) =>
        PublishedFlows.Between(before, after, address => address.ToString().StartsWith("203.0.113.", StringComparison.Ordinal));

    private static ConntrackFlow Flow(byte protocol, string to, ushort port, string answers, bool translated) => new(
        Family: 2, protocol, IPAddress.Parse(to), port, IPAddress.Parse(answers), AnsweringPort: port, translated)
    {
        From = IPAddress.Parse("198.51.100.1"),
    };
}
