using Microsoft.Extensions.Time.Testing;
using VirtNet.Host.Firewall;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Watch;

namespace VirtNet.Host.Tests.Watch;

public class CulpritsTests
{
    private static readonly HostChange Up = new(Before: null, new BridgeUp("virbr0"));
    private static readonly HostChange Rules = new(Before: null, FirewallPlanner.RulesFor(TestNetworks.Default));
    private static readonly Culprit Nft = new(15180, "nft");
    private static readonly Culprit Networkd = new(812, "systemd-network");

    private readonly FakeTimeProvider _clock = new();
    private readonly Culprits _culprits;

    public CulpritsTests() => _culprits = new Culprits(_clock);

    [Fact]
    public void A_repair_names_whoever_changed_that_network_just_before()
    {
        _culprits.ChangedLinks(TestNetworks.Uuid, Networkd);
        Assert.Null(_culprits.Of(Guid.NewGuid(), [Up]));
        Assert.Equal("systemd-network (pid 812)", _culprits.Of(TestNetworks.Uuid, [Up]));
        Assert.Null(_culprits.Of(TestNetworks.Uuid, [Up]));
    }

    [Fact]
    public void Nobody_is_accused_of_what_happens_long_after()
    {
        _culprits.ChangedLinks(TestNetworks.Uuid, Networkd);
        _clock.Advance(Culprits.Memory);
        Assert.Null(_culprits.Of(TestNetworks.Uuid, [Up]));
    }

    [Fact]
    public void Who_changed_rules_is_not_accused_of_taking_a_link_down()
    {
        _culprits.ChangedRules(TestNetworks.Uuid, Nft);
        Assert.Null(_culprits.Of(TestNetworks.Uuid, [Up]));
        _culprits.ChangedSharedRules(Nft);
        Assert.Equal("nft (pid 15180), the rules alone", _culprits.Of(TestNetworks.Uuid, [Up, Rules]));
    }

    [Fact]
    public void Who_changed_rules_of_one_network_is_accused_of_these_alone()
    {
        _culprits.ChangedRules(Guid.NewGuid(), Nft);
        Assert.Null(_culprits.Of(TestNetworks.Uuid, [Rules]));
        _culprits.ChangedRules(TestNetworks.Uuid, Nft);
        Assert.Equal("nft (pid 15180)", _culprits.Of(TestNetworks.Uuid, [Rules]));
        Assert.Null(_culprits.Of(TestNetworks.Uuid, [Rules]));
    }

    [Fact]
    public void A_name_cannot_spoil_the_log() =>
        Assert.Equal("a?b (pid 7)", new Culprit(7, "a\nb").ToString());

    [Fact]
    public void A_process_without_rights_over_the_network_changed_nothing()
    {
        Assert.True(Culprit.MayAdministerNetwork("Name:\tip\nCapEff:\t000001ffffffffff\nCapBnd:\t0\n"));
        Assert.False(Culprit.MayAdministerNetwork("Name:\tsh\nCapEff:\t0000000000000000\n"));
        Assert.False(Culprit.MayAdministerNetwork("Name:\tsh\n"));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u << 22)]
    [InlineData(4294967000u)]
    public void A_port_that_is_no_process_id_accuses_nobody(uint port) => Assert.Null(Culprit.OfPort(port));
}
