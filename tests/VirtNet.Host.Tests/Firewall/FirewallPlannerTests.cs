using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Firewall;

public class FirewallPlannerTests
{
    [Theory]
    [InlineData(ForwardMode.Open)]
    [InlineData(ForwardMode.Bridge)]
    [InlineData(ForwardMode.Private)]
    [InlineData(ForwardMode.Hostdev)]
    public void Modes_that_filter_nothing_have_no_rules(ForwardMode mode) =>
        Assert.Null(FirewallPlanner.RulesFor(FirewallNetworks.Network(mode, FirewallNetworks.V4Dhcp)));

    [Fact]
    public void Ports_are_unprivileged_unless_a_range_is_given()
    {
        FirewallPlan plan = Plan(FirewallNetworks.All["nat"]);
        Assert.Equal(new NatPortRange(1024, 65535), Assert.Single(plan.Subnets).Nat?.Ports);
    }

    [Theory]
    [InlineData(500, 500)]
    [InlineData(1000, 500)]
    [InlineData(0, 0, false)]
    public void A_port_range_must_rise(ushort start, ushort end, bool refused = true)
    {
        NetworkDefinition network = FirewallNetworks.All["nat"] with
        {
            Forward = new Forward(ForwardMode.Nat) { Nat = new NatOptions { Ports = new NatPortRange(start, end) } },
        };
        if (!refused)
        {
            Assert.Equal(new NatPortRange(1024, 65535), Plan(network).Subnets[0].Nat?.Ports);
            return;
        }

        VirtNetException e = Assert.Throws<VirtNetException>(() => FirewallPlanner.PlanFor(network));
        Assert.Equal(VirErrorCode.InternalError, e.Code);
        Assert.Equal($"internal error: Invalid port range '{start}-{end}'.", e.Message);
    }

    [Fact]
    public void A_bad_port_range_hurts_only_where_something_is_translated()
    {
        NetworkDefinition network = FirewallNetworks.Network(ForwardMode.Nat, FirewallNetworks.V6) with
        {
            Forward = new Forward(ForwardMode.Nat) { Nat = new NatOptions { Ports = new NatPortRange(9, 1) } },
        };
        Assert.Null(Plan(network).Subnets[0].Nat);
    }

    [Fact]
    public void Ipv6_is_translated_on_request_only_and_never_to_an_address_range()
    {
        Assert.Null(Plan(FirewallNetworks.All["nat-dual-stack"]).Subnets[1].Nat);
        FirewallNat? nat = Plan(FirewallNetworks.All["nat-ipv6-nat"]).Subnets[1].Nat;
        Assert.Equal(new FirewallNat(null, new NatPortRange(3000, 3010)), nat);
    }

    [Fact]
    public void Only_the_first_address_with_a_service_decides_about_tftp()
    {
        IpDefinition dhcp = FirewallNetworks.V4Dhcp;
        IpDefinition tftp = new(IPAddress.Parse("192.168.9.1")) { Prefix = 24, TftpRoot = "/srv" };
        Assert.False(Plan(FirewallNetworks.Network(ForwardMode.Nat, dhcp, tftp)).Tftp);
        Assert.True(Plan(FirewallNetworks.Network(ForwardMode.Nat, tftp, dhcp)).Tftp);
    }

    [Theory]
    [InlineData("br*")]
    [InlineData("br+")]
    [InlineData("br\"x")]
    [InlineData("!br0")]
    public void A_name_that_means_something_else_to_the_tools_is_refused(string name)
    {
        NetworkDefinition network = FirewallNetworks.All["nat"] with { Bridge = new Bridge { Name = name } };
        VirtNetException e = Assert.Throws<VirtNetException>(() => FirewallPlanner.RulesFor(network));
        Assert.Equal(VirErrorCode.ConfigUnsupported, e.Code);
    }

    private static FirewallPlan Plan(NetworkDefinition network)
    {
        FirewallPlan? plan = FirewallPlanner.PlanFor(network);
        Assert.NotNull(plan);
        return plan;
    }
}
