using VirtNet.Fabric.Frr;

namespace VirtNet.Fabric.Tests.Frr;

public sealed class FrrSettingsTests
{
    private static readonly FrrSettings s_settings = new("h1", "192.0.2.1", 179, 65000, "s3cret", Bfd: true);
    private static readonly BgpNeighbour s_second = new("192.0.2.2", 179);
    private static readonly BgpNeighbour s_third = new("192.0.2.3", 1790);

    [Fact]
    public void What_bgpd_reads_has_all_members_and_no_network() => Assert.Equal(
        """
        ! Written by virtnet fabric, and kept: what else is written here is lost.
        frr defaults datacenter
        hostname h1
        router bgp 65000
         bgp router-id 192.0.2.1
         no bgp default ipv4-unicast
         neighbor virtnet peer-group
         neighbor virtnet remote-as 65000
         neighbor virtnet update-source 192.0.2.1
         neighbor virtnet timers 3 9
         neighbor virtnet timers connect 1
         neighbor virtnet password s3cret
         neighbor virtnet bfd
         neighbor 192.0.2.2 peer-group virtnet
         neighbor 192.0.2.3 peer-group virtnet
         neighbor 192.0.2.3 port 1790
         address-family l2vpn evpn
          neighbor virtnet activate
          flooding disable
          advertise-all-vni
         exit-address-family

        """,
        s_settings.Bgpd([s_second, s_third]));

    [Fact]
    public void Without_a_password_and_BFD_it_has_neither()
    {
        string text = (s_settings with { Password = null, Bfd = false }).Bgpd([]);

        Assert.DoesNotContain("password", text, StringComparison.Ordinal);
        Assert.DoesNotContain("bfd", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_is_told_while_it_runs_is_the_difference() => Assert.Equal(
        ["router bgp 65000", " no neighbor 192.0.2.2", " neighbor 192.0.2.3 peer-group virtnet", " neighbor 192.0.2.3 port 1790"],
        s_settings.Changes([s_second], [s_third]));

    [Fact]
    public void A_member_with_another_port_is_another_neighbour() => Assert.Equal(
        ["router bgp 65000", " no neighbor 192.0.2.3", " neighbor 192.0.2.3 peer-group virtnet"],
        s_settings.Changes([s_third], [s_third with { Port = 179 }]));

    [Fact]
    public void Whom_a_reflector_reflects_to_is_said_of_each()
    {
        BgpNeighbour client = s_third with { IsClient = true };

        Assert.Contains(
            "  neighbor virtnet activate\n  neighbor 192.0.2.3 route-reflector-client\n  flooding disable\n", s_settings.Bgpd([s_second, client]), StringComparison.Ordinal);
        Assert.Equal([s_second, client], FrrSettings.NeighboursIn(s_settings.Bgpd([s_second, client])));
        Assert.Equal(
            ["router bgp 65000", " address-family l2vpn evpn", "  neighbor 192.0.2.3 route-reflector-client", " exit-address-family"],
            s_settings.Changes([s_third], [client]));
        Assert.Equal(
            ["router bgp 65000", " address-family l2vpn evpn", "  no neighbor 192.0.2.3 route-reflector-client", " exit-address-family"],
            s_settings.Changes([client], [s_third]));
        Assert.Equal(
            [
                "router bgp 65000", " neighbor 192.0.2.3 peer-group virtnet", " neighbor 192.0.2.3 port 1790", " address-family l2vpn evpn",
                "  neighbor 192.0.2.3 route-reflector-client", " exit-address-family",
            ],
            s_settings.Changes([], [client]));
    }

    [Fact]
    public void Where_nothing_differs_it_is_told_nothing() => Assert.Empty(s_settings.Changes([s_third, s_second], [s_second, s_third]));

    /// <summary>bgpd says the same in another order, and leaves out what is usual.</summary>
    [Fact]
    public void Who_is_known_is_read_from_what_bgpd_says() => Assert.Equal(
        [s_second, s_third],
        FrrSettings.NeighboursIn(
            """
            router bgp 65000
             bgp router-id 192.0.2.1
             neighbor virtnet peer-group
             neighbor virtnet remote-as 65000
             neighbor other peer-group
             neighbor 192.0.2.9 peer-group other
             neighbor 192.0.2.9 port 99
             neighbor 192.0.2.2 peer-group virtnet
             neighbor 192.0.2.3 peer-group virtnet
             neighbor 192.0.2.3 port 1790
             !
             address-family l2vpn evpn
              neighbor virtnet activate
             exit-address-family
            """));
}
