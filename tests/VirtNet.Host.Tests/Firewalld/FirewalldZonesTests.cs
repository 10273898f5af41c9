using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewalld;
using VirtNet.Host.Tests.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Firewalld;

public class FirewalldZonesTests
{
    private readonly FakeFirewalld _firewalld = new("public", "trusted", "libvirt", "libvirt-routed");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private FirewalldZones Zones => new(_firewalld, NullLogger<FirewalldZones>.Instance);

    [Fact]
    public async Task A_bridge_gets_the_zone_of_its_definition_and_leaves_it_with_its_network()
    {
        BridgeZone zone = Zone(ForwardMode.Nat, "trusted");
        await Zones.ApplyAsync(null, zone, Cancel);
        Assert.Equal("trusted", _firewalld.Interfaces["virbr0"]);
        Assert.Contains(zone, await Zones.FindInPlaceAsync([zone], Cancel));
        await Zones.ApplyAsync(zone, null, Cancel);
        Assert.Empty(_firewalld.Interfaces);
    }

    [Theory]
    [InlineData(ForwardMode.Nat, true, "libvirt")]
    [InlineData(ForwardMode.None, true, "libvirt")]
    [InlineData(ForwardMode.Route, true, "libvirt-routed")]
    [InlineData(ForwardMode.Route, false, "libvirt")]
    public async Task Without_one_the_zone_fits_the_mode(ForwardMode mode, bool routedPolicy, string expected)
    {
        if (routedPolicy)
        {
            _firewalld.Policies.Add("libvirt-routed-out");
        }

        await Zones.ApplyAsync(null, Zone(mode, null), Cancel);
        Assert.Equal(expected, _firewalld.Interfaces["virbr0"]);
    }

    [Theory]
    [InlineData(ForwardMode.Nat, "virtnet")]
    [InlineData(ForwardMode.Route, "virtnet-routed")]
    public async Task Without_libvirts_zones_virtnets_own_serve(ForwardMode mode, string expected)
    {
        FakeFirewalld firewalld = new("public", "virtnet", "virtnet-routed");
        firewalld.Policies.Add("virtnet-routed-out");
        await new FirewalldZones(firewalld, NullLogger<FirewalldZones>.Instance).ApplyAsync(null, Zone(mode, null), Cancel);
        Assert.Equal(expected, firewalld.Interfaces["virbr0"]);
    }

    [Fact]
    public void An_open_network_without_a_zone_and_a_bridge_of_the_host_are_left_alone()
    {
        Assert.Null(BridgeZone.For(FirewallNetworks.Network(ForwardMode.Open)));
        Assert.NotNull(BridgeZone.For(FirewallNetworks.Network(ForwardMode.Open) with
        {
            Bridge = new Bridge { Name = "virbr0", Zone = "trusted" },
        }));
        Assert.Null(BridgeZone.For(FirewallNetworks.Network(ForwardMode.Bridge)));
    }

    [Fact]
    public async Task After_a_reload_the_bridge_is_out_of_place()
    {
        BridgeZone zone = Zone(ForwardMode.Nat, null);
        await Zones.ApplyAsync(null, zone, Cancel);
        _firewalld.Interfaces.Clear();
        Assert.Empty(await Zones.FindInPlaceAsync([zone], Cancel));
    }

    [Fact]
    public async Task A_bridge_whose_zone_is_not_known_any_more_is_out_of_place()
    {
        BridgeZone zone = Zone(ForwardMode.Nat, null);
        await Zones.ApplyAsync(null, zone, Cancel);
        _firewalld.Zones.Clear();
        Assert.Empty(await Zones.FindInPlaceAsync([zone], Cancel));
    }

    [Fact]
    public async Task A_zone_that_does_not_exist_is_an_error_of_the_service()
    {
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(
            () => Zones.ApplyAsync(null, Zone(ForwardMode.Nat, "nix"), Cancel));
        Assert.Equal(VirErrorCode.DBusService, e.Code);
        Assert.Equal("error from service: GDBus.Error:org.fedoraproject.FirewallD1.Exception: INVALID_ZONE: nix", e.Message);
    }

    [Fact]
    public async Task A_missing_zone_is_told_with_what_helps()
    {
        FirewalldZones zones = new(new FakeFirewalld("public"), NullLogger<FirewalldZones>.Instance);
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(
            () => zones.ApplyAsync(null, Zone(ForwardMode.Nat, null), Cancel));
        Assert.Equal(
            "internal error: firewalld does not know zone virtnet: firewall-cmd --reload", e.Message);
    }

    [Fact]
    public async Task Without_firewalld_only_a_definition_that_names_a_zone_is_refused_and_only_at_its_start()
    {
        _firewalld.Running = false;
        NetworkDefinition network = FirewallNetworks.Network(ForwardMode.Nat);
        await Zones.ThrowIfImpossibleAsync(network, Cancel);
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(() => Zones.ThrowIfImpossibleAsync(
            network with { Bridge = new Bridge { Name = "virbr0", Zone = "trusted" } }, Cancel));
        Assert.Equal("internal error: zone trusted requested for network default but firewalld is not active", e.Message);

        BridgeZone zone = Zone(ForwardMode.Nat, "trusted");
        Assert.Contains(zone, await Zones.FindInPlaceAsync([zone], Cancel));
        await Zones.ApplyAsync(null, zone, Cancel);
        Assert.Empty(_firewalld.Interfaces);
    }

    private static BridgeZone Zone(ForwardMode mode, string? requested) => new("default", "virbr0", requested, mode);
}
