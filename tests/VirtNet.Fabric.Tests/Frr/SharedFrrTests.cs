using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Frr;

namespace VirtNet.Fabric.Tests.Frr;

/// <summary>What is added to a bgpd that somebody else runs, and taken back.</summary>
public sealed class SharedFrrTests
{
    private const string Theirs = """
        frr version 8.4.4
        hostname router
        !
        router bgp 65010
         neighbor 192.0.2.99 remote-as 65099
         !
         address-family ipv4 unicast
          network 203.0.113.0/24
         exit-address-family
        exit
        !
        router bgp 65010 vrf red
         neighbor 192.0.2.98 remote-as 65098
        exit
        !
        end
        """;

    private const string Ours = """
        router bgp 65010
         neighbor 192.0.2.99 remote-as 65099
         neighbor virtnet peer-group
         neighbor virtnet remote-as 65010
         neighbor virtnet bfd
         neighbor virtnet password secret
         neighbor virtnet update-source 192.0.2.1
         neighbor virtnet timers 3 9
         neighbor virtnet timers connect 1
         neighbor 192.0.2.2 peer-group virtnet
         !
         address-family ipv4 unicast
          network 203.0.113.0/24
          no neighbor virtnet activate
         exit-address-family
         !
         address-family l2vpn evpn
          neighbor virtnet activate
          advertise-all-vni
         exit-address-family
        exit
        """;

    private static readonly SharedFrr s_shared = new(new FrrSettings("h1", "192.0.2.1", 179, 65010, "secret", Bfd: true));

    [Fact]
    public void What_is_missing_is_added_and_what_is_there_is_not_touched()
    {
        Assert.Equal(
            """
            router bgp 65010
             neighbor virtnet peer-group
             neighbor virtnet remote-as 65010
             neighbor virtnet update-source 192.0.2.1
             neighbor virtnet timers 3 9
             neighbor virtnet timers connect 1
             neighbor virtnet password secret
             neighbor virtnet bfd
             address-family l2vpn evpn
              neighbor virtnet activate
              advertise-all-vni
             exit-address-family
             address-family ipv4 unicast
              no neighbor virtnet activate
             exit-address-family
            """,
            string.Join('\n', s_shared.Missing(BgpdConfiguration.Parse(Theirs), bfd: true)));
        Assert.DoesNotContain(s_shared.Missing(BgpdConfiguration.Parse(Theirs), bfd: false), line => line.EndsWith("bfd", StringComparison.Ordinal));
        Assert.Empty(s_shared.Missing(BgpdConfiguration.Parse(Ours), bfd: true));
        Assert.Equal(
            ["router bgp 65010", " neighbor virtnet timers 3 9"],
            s_shared.Missing(BgpdConfiguration.Parse(Ours.Replace("timers 3 9", "timers 60 180", StringComparison.Ordinal)), bfd: true));
    }

    [Fact]
    public void Where_neighbours_hear_nothing_unless_that_is_said_it_is_not_said()
    {
        string quiet = Theirs.Replace("65010\n neighbor 192.0.2.99", "65010\n no bgp default ipv4-unicast\n neighbor 192.0.2.99", StringComparison.Ordinal);

        Assert.DoesNotContain(s_shared.Missing(BgpdConfiguration.Parse(quiet), bfd: true), line => line.Contains("ipv4 unicast", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("router bgp 65010 vrf red\n neighbor 192.0.2.98 remote-as 65098\n", "no instance of its own")]
    [InlineData("router bgp 65010\nexit\nrouter bgp 65010 vrf red\n address-family l2vpn evpn\n  advertise-all-vni\n", "'router bgp 65010 vrf red'")]
    [InlineData("router bgp 65011\n", "is AS 65011, and the fabric AS 65010")]
    public void Where_it_cannot_be_the_reason_is_said(string running, string reason) => Assert.Contains(
        reason, Assert.Throws<FabricException>(() => s_shared.Missing(BgpdConfiguration.Parse(running), bfd: true)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_member_that_is_a_neighbour_of_somebody_elses_stays_that()
    {
        Assert.Equal(["192.0.2.99"], SharedFrr.NeighboursOfOthers(BgpdConfiguration.Parse(Theirs))); // of another instance is none
        Assert.Equal(["192.0.2.99"], SharedFrr.NeighboursOfOthers(BgpdConfiguration.Parse(Ours)));
    }

    [Theory]
    [InlineData(true, "router bgp 65010| no neighbor 192.0.2.2| no neighbor virtnet peer-group| address-family l2vpn evpn|  no advertise-all-vni| exit-address-family")]
    [InlineData(false, "router bgp 65010| no neighbor 192.0.2.2| no neighbor virtnet peer-group")] // he had bgpd tell of all networks himself
    public void All_that_was_added_is_taken_back(bool hasSpoken, string expected)
    {
        Assert.Equal(expected, string.Join('|', SharedFrr.Removal(BgpdConfiguration.Parse(Ours), hasSpoken)));
        Assert.Empty(SharedFrr.Removal(BgpdConfiguration.Parse(Theirs), hasSpoken));
    }
}
