using System.Net;
using VirtNet.Model;
using VirtNet.Services.Ra;
using VirtNet.Wire.Ndisc;

namespace VirtNet.Services.Tests.Ra;

public class RaSettingsTests
{
    private static readonly IpDefinition Ipv4 = new(IPAddress.Parse("10.0.0.1")) { Prefix = 24 };
    private static readonly IpDefinition Stateless = new(IPAddress.Parse("2001:db8:1::1")) { Prefix = 64, Family = "ipv6" };
    private static readonly IpDefinition Stateful = new(IPAddress.Parse("2001:db8:2::1"))
    {
        Prefix = 64,
        Family = "ipv6",
        Ranges = [new DhcpRange(IPAddress.Parse("2001:db8:2::10"), IPAddress.Parse("2001:db8:2::20"))],
    };

    [Fact]
    public void A_network_without_IPv6_advertises_nothing() => Assert.Null(RaSettings.For(Network(ForwardMode.Nat, Ipv4)));

    [Fact]
    public void Without_DHCPv6_guests_make_addresses_of_their_own()
    {
        RouterAdvertisement advertisement = RaSettings.For(Network(ForwardMode.Nat, Ipv4, Stateless))!;
        Assert.False(advertisement.Managed || advertisement.Other);
        Assert.True(Assert.Single(advertisement.Prefixes).Autonomous);
        Assert.Equal(1800, advertisement.RouterLifetime);
    }

    [Fact]
    public void Only_of_a_prefix_of_64_bits_guests_make_addresses_and_others_without_DHCPv6_are_told()
    {
        NetworkDefinition network = Network(ForwardMode.Nat, Stateless, Stateless with { Address = IPAddress.Parse("2001:db8:3::1"), Prefix = 80 });
        Assert.Equal([true, false], RaSettings.For(network)!.Prefixes.Select(prefix => prefix.Autonomous));
        Assert.Equal("2001:db8:3::/80", Assert.Single(RaSettings.Unserved(network)).ToString());
        Assert.Empty(RaSettings.Unserved(Network(ForwardMode.Nat, Stateful, Stateless with { Prefix = 80 })));
    }

    [Fact]
    public void A_line_says_where_guests_look_for_short_names_and_the_networks_domain_does_not()
    {
        NetworkDefinition network = Network(ForwardMode.Nat, Stateless) with { Domain = new DomainName("lab.test") };
        Assert.Empty(RaSettings.For(network)!.SearchDomains);
        network = network with { DnsmasqOptions = ["dhcp-option=option6:domain-search,lab.test,other.test"] };
        Assert.Equal(["lab.test", "other.test"], RaSettings.For(network)!.SearchDomains.Select(domain => domain.ToString()));
    }

    [Fact]
    public void With_DHCPv6_on_one_prefix_both_are_advertised_and_neither_is_autonomous()
    {
        RouterAdvertisement advertisement = RaSettings.For(Network(ForwardMode.Route, Stateless, Stateful))!;
        Assert.True(advertisement.Managed && advertisement.Other);
        Assert.Equal(["2001:db8:1::/64", "2001:db8:2::/64"], advertisement.Prefixes.Select(prefix => prefix.Prefix.ToString()));
        Assert.DoesNotContain(advertisement.Prefixes, prefix => prefix.Autonomous);
    }

    [Fact]
    public void An_isolated_network_is_nobodys_default_router() =>
        Assert.Equal(0, RaSettings.For(Network(ForwardMode.None, Stateless))!.RouterLifetime);

    [Fact]
    public void A_prefix_that_is_no_longer_advertised_is_taken_back()
    {
        RaContent both = new(RaSettings.For(Network(ForwardMode.Nat, Stateless, Stateful))!, OffersDns: true);
        RaContent one = new(RaSettings.For(Network(ForwardMode.Nat, Stateless))!, OffersDns: true);
        Assert.Equal(
            [("2001:db8:1::/64", uint.MaxValue), ("2001:db8:2::/64", 0u)],
            one.InPlaceOf(both).Advertisement.Prefixes.Select(prefix => (prefix.Prefix.ToString(), prefix.Lifetime)));
        Assert.True(both.InPlaceOf(one).SaysTheSame(both));
    }

    private static NetworkDefinition Network(ForwardMode mode, params ReadOnlySpan<IpDefinition> ips) =>
        new() { Name = "n", Forward = new Forward(mode), Ips = ValueList.Create(ips) };
}
