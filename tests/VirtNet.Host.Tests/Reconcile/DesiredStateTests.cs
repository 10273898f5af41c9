using VirtNet.Host.Link;
using VirtNet.Host.Reconcile;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Reconcile;

public class DesiredStateTests
{
    [Fact]
    public void A_network_is_built_in_the_order_of_libvirt() => Assert.Equal(
        """
        bridge virbr0 mac 52:54:00:11:22:33 mtu 1400 stp on forward delay 2 s
        sysctl net/ipv6/conf/virbr0/disable_ipv6 = 0
        sysctl net/ipv6/conf/virbr0/accept_ra = 0
        sysctl net/ipv6/conf/virbr0/autoconf = 0
        sysctl net/ipv6/conf/virbr0/accept_dad = 0
        sysctl net/ipv4/conf/virbr0/forwarding = 1
        sysctl net/ipv6/conf/virbr0/forwarding = 1
        address 192.168.122.1/24 on virbr0 broadcast 192.168.122.255
        address fd00:122::1/64 on virbr0
        link virbr0 up
        route 10.9.0.0/16 via 192.168.122.9 metric 1 on virbr0
        route fd00:9::/48 via fd00:122::9 metric 7 on virbr0
        sysctl net/ipv4/ip_forward = 1
        sysctl net/ipv6/conf/all/forwarding = 1
        """,
        Build(TestNetworks.DualStack));

    [Fact]
    public void An_isolated_network_does_not_make_the_host_forward() =>
        Assert.DoesNotContain("forwarding", Build(TestNetworks.DualStack with { Forward = Forward.None }), StringComparison.Ordinal);

    [Fact]
    public void Without_a_firewall_nobody_is_let_in()
    {
        NetworkHostState state = TestNetworks.DualStack.Running() with { Peers = [new HostPeer("lab2", "virbr2", [], Protocol: null, Ports: [])] };
        VirtNetException refused = Assert.Throws<VirtNetException>(() => DesiredState.For(state, firewall: null).Length);
        Assert.Contains("cannot have peers: no firewall backend is in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_IPv6_address_the_bridge_has_no_IPv6() =>
        Assert.Contains("virbr0/disable_ipv6 = 1", Build(TestNetworks.Default), StringComparison.Ordinal);

    [Theory]
    [InlineData(true, 0u, 200u)]
    [InlineData(true, 5u, 500u)]
    [InlineData(true, 100u, 3000u)]
    [InlineData(false, 0u, 0u)]
    [InlineData(false, 100u, 10000u)]
    public void The_forward_delay_is_what_the_kernel_will_hold(bool stp, uint seconds, uint held)
    {
        Bridge bridge = new() { Name = "virbr0", Stp = stp, Delay = seconds };
        Assert.Equal(held, BridgeLink.For(TestNetworks.Default, bridge).ForwardDelay);
    }

    [Theory]
    [InlineData(ForwardMode.Bridge)]
    [InlineData(ForwardMode.Private)]
    [InlineData(ForwardMode.Hostdev)]
    public void Modes_without_a_bridge_of_their_own_want_nothing(ForwardMode mode) =>
        Assert.Empty(Build(TestNetworks.Default with { Forward = new Forward(mode) }));

    private static string Build(NetworkDefinition network) => string.Join(
        '\n',
        DesiredState.For(network.Running(), firewall: null).OrderBy(resource => resource.Rank).Select(resource => resource.Summary));
}
