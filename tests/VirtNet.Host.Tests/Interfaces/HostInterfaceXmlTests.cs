using System.Net;
using VirtNet.Host.Interfaces;
using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Interfaces;

/// <summary>Kinds of devices that not every kernel has, so that they are not made in namespaces.</summary>
public sealed class HostInterfaceXmlTests
{
    private static readonly LinkMessage Ethernet = new(Family: 0, Index: 2, "eth0", Up: true)
    {
        Mac = MacAddress.Parse("02:00:00:00:00:01"), Mtu = 1500, State = OperationalState.Up,
    };

    private static readonly LinkMessage Vlan = Ethernet with { Index = 3, Name = "eth0.5", VlanTag = 5, Peer = 2 };

    private static readonly BondOptions MiiBond =
        new() { Mode = 1, MiiInterval = 100, UpDelay = 200, UseCarrier = true };

    private static readonly BondOptions ArpBond =
        new() { Mode = 0, ArpInterval = 500, ArpTarget = IPAddress.Parse("192.0.2.1"), ArpValidate = 3 };

    [Fact]
    public void A_link_that_is_up_has_its_speed() => Assert.Equal("""
        <interface type='ethernet' name='eth0'>
          <mtu size='1500'/>
          <link speed='10000' state='up'/>
          <mac address='02:00:00:00:00:01'/>
        </interface>

        """, Format(Ethernet, speed: 10000));

    [Fact]
    public void A_vlan_names_its_tag_and_the_device_below() => Assert.Equal("""
        <interface type='vlan' name='eth0.5'>
          <mtu size='1500'/>
          <link state='up'/>
          <vlan tag='5'>
            <interface name='eth0'/>
          </vlan>
        </interface>

        """, Format(Vlan));

    [Fact]
    public void A_bond_tells_how_it_watches_its_members() => Assert.Equal("""
        <interface type='bond' name='bond0'>
          <mtu size='1500'/>
          <link state='up'/>
          <bond mode='active-backup'>
            <miimon freq='100' updelay='200' carrier='netif'/>
            <interface type='ethernet' name='eth1'>
              <link state='up'/>
              <mac address='02:00:00:00:00:01'/>
            </interface>
          </bond>
        </interface>

        """, Format(Ethernet with { Index = 4, Name = "bond0", Bond = MiiBond }));

    [Fact]
    public void A_bond_may_watch_by_arp() => Assert.Contains(
        "<arpmon interval='500' target='192.0.2.1' validate='all'/>",
        Format(Ethernet with { Index = 4, Name = "bond0", Bond = ArpBond }),
        StringComparison.Ordinal);

    [Fact]
    public void A_name_may_hold_markup() =>
        Assert.Contains("name='a&lt;b&apos;'", Format(Ethernet with { Name = "a<b'" }), StringComparison.Ordinal);

    private static string Format(LinkMessage link, int? speed = null) =>
        new HostInterfaceXml([Ethernet, Vlan, Ethernet with { Index = 5, Name = "eth1", Master = 4 }], _ => speed).Format(link);
}
