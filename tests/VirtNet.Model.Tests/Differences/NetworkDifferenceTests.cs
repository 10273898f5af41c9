using VirtNet.Model.Differences;
using VirtNet.Model.Ports;
using VirtNet.Model.Tests.Ports;
using VirtNet.Model.Xml;
using static VirtNet.Model.Differences.ChangeEffect;
using static VirtNet.Model.Differences.NetworkItem;

namespace VirtNet.Model.Tests.Differences;

public sealed class NetworkDifferenceTests
{
    private const string Nat = "<name>n</name><uuid>11111111-2222-3333-4444-555555555555</uuid><forward mode='nat'/>"
        + "<bridge name='virbr0' stp='on' delay='0'/><mac address='52:54:00:00:00:99'/><domain name='lab'/>"
        + "<ip address='10.1.1.1' prefix='24'><dhcp><range start='10.1.1.2' end='10.1.1.9'/>"
        + "<host mac='52:54:00:00:00:01' name='h' ip='10.1.1.5'/></dhcp></ip>";

    /// <summary>Text of the definition above, what takes its place, and the one change that this makes.</summary>
    public static TheoryData<string, string, NetworkItem, string?, string?, ChangeEffect> Edits() => new()
    {
        { "mode='nat'/>", "mode='route'/>", NetworkItem.ForwardMode, "nat", "route", Applied },
        { "mode='nat'/>", "mode='nat' dev='e0'/>", ForwardInterface, null, "e0", Applied },
        { "mode='nat'/>", "mode='nat'><nat><port start='2000' end='3000'/></nat></forward>", NetworkItem.Nat, null,
            "<nat><port start='2000' end='3000'/></nat>", Applied },
        { "<forward", "<title>t</title><forward", Title, null, "t", Applied },
        { "<forward", "<description>d</description><forward", Description, null, "d", Applied },
        { "<forward", "<metadata><a:b xmlns:a='urn:a'/></metadata><forward", NetworkItem.Metadata, null,
            "<a:b xmlns:a=\"urn:a\"/>", Applied },
        { "<name>n", "<name>m", Name, "n", "m", NeedsRestart },
        { "<uuid>1", "<uuid>2", Uuid, "11111111-2222-3333-4444-555555555555", "21111111-2222-3333-4444-555555555555",
            NeedsRestart },
        { "virbr0", "virbr1", BridgeName, "virbr0", "virbr1", NeedsRestart },
        { "stp='on'", "stp='off'", Stp, "yes", "no", Applied },
        { "delay='0'", "delay='2'", BridgeDelay, null, "2", Applied },
        { "delay='0'", "delay='0' zone='home'", BridgeZone, null, "home", Applied },
        { "delay='0'", "delay='0' macTableManager='libvirt'", NetworkItem.MacTableManager, "kernel", "libvirt", NeedsRestart },
        { "00:99'", "00:98'", Mac, "52:54:00:00:00:99", "52:54:00:00:00:98", NeedsRestart },
        { "<domain", "<mtu size='9000'/><domain", Mtu, null, "9000", NeedsLeaseRenewal },
        { "name='lab'", "name='office'", Domain, "<domain name='lab'/>", "<domain name='office'/>", NeedsLeaseRenewal },
        { "name='lab'", "name='lab' localOnly='yes'", Domain, "<domain name='lab'/>",
            "<domain name='lab' localOnly='yes'/>", Applied },
        { "<ip ", "<bandwidth><inbound average='5'/></bandwidth><ip ", NetworkItem.Bandwidth, null,
            "<bandwidth><inbound average='5'/></bandwidth>", Applied },
        { "<ip ", "<ip address='10.2.2.1' prefix='24'/><ip ", Address, null, "10.2.2.1/24", Applied },
        { "prefix='24'", "netmask='255.255.0.0'", Address, "10.1.1.1/24", "10.1.1.1/16", NeedsLeaseRenewal },
        { "<dhcp>", "<tftp root='/t'/><dhcp>", Tftp, null, "/t", Applied },
        { "</dhcp>", "<bootp file='f'/></dhcp>", NetworkItem.BootFile, null, "<bootp file='f'/>", Applied },
        { "prefix='24'", "prefix='24' localPtr='yes'", LocalPtr, null, "yes", Applied },
        { "<range", "<range start='10.1.1.20' end='10.1.1.29'/><range", NetworkItem.DhcpRange, null,
            "<range start='10.1.1.20' end='10.1.1.29'/>", Applied },
        { "<range start='10.1.1.2' end='10.1.1.9'/>", "", NetworkItem.DhcpRange, "<range start='10.1.1.2' end='10.1.1.9'/>",
            null, NeedsLeaseRenewal },
        { "1.9'/>", "1.9'><lease expiry='2' unit='hours'/></range>", NetworkItem.DhcpRange,
            "<range start='10.1.1.2' end='10.1.1.9'/>",
            "<range start='10.1.1.2' end='10.1.1.9'><lease expiry='2' unit='hours'/></range>", NeedsLeaseRenewal },
        { "ip='10.1.1.5'", "ip='10.1.1.6'", NetworkItem.DhcpHost, "<host mac='52:54:00:00:00:01' name='h' ip='10.1.1.5'/>",
            "<host mac='52:54:00:00:00:01' name='h' ip='10.1.1.6'/>", NeedsLeaseRenewal },
        { "<ip ", "<route address='10.9.0.0' prefix='16' gateway='10.1.1.3' metric='2'/><ip ", Route, null,
            "10.9.0.0/16 via 10.1.1.3 metric 2", Applied },
        { "<ip ", "<dns enable='no'/><ip ", DnsEnabled, "yes", "no", NeedsLeaseRenewal },
        { "<ip ", "<dns forwardPlainNames='no'/><ip ", DnsPlainNames, "yes", "no", Applied },
        { "<ip ", "<dns><forwarder addr='1.1.1.1'/></dns><ip ", NetworkItem.DnsForwarder, null,
            "<forwarder addr='1.1.1.1'/>", Applied },
        { "<ip ", "<dns><host ip='10.1.1.1'><hostname>a</hostname></host></dns><ip ", NetworkItem.DnsHost, null,
            "<host ip='10.1.1.1'><hostname>a</hostname></host>", Applied },
        { "<ip ", "<dns><txt name='t' value='v'/></dns><ip ", NetworkItem.DnsTxt, null, "<txt name='t' value='v'/>", Applied },
        { "<ip ", "<dns><srv service='s' protocol='tcp'/></dns><ip ", NetworkItem.DnsSrv, null,
            "<srv service='s' protocol='tcp'/>", Applied },
        { "<ip ", "<port isolated='yes'/><ip ", PortIsolation, null, "yes", Applied },
        { "<ip ", "<portgroup name='p'/><ip ", NetworkItem.PortGroup, null, "<portgroup name='p'></portgroup>", Applied },
        { "<ip ", "<vlan><tag id='4'/></vlan><ip ", NetworkItem.Vlan, null, "<vlan><tag id='4'/></vlan>", Applied },
        { "<ip ", "<virtualport type='midonet'/><ip ", NetworkItem.VirtualPort, null, "<virtualport type='midonet'/>", Applied },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void Each_part_changes_by_itself(
        string part, string replacement, NetworkItem item, string? was, string? now, ChangeEffect effect)
    {
        NetworkDefinition before = Read(Nat);
        NetworkDefinition after = Read(Nat.Replace(part, replacement, StringComparison.Ordinal));
        NetworkDifference difference = NetworkDifference.Between(before, after, []);
        Assert.Equal([new NetworkChange(item, was, now, effect)], difference.Changes);
        Assert.Equal(effect is NeedsRestart, difference.NeedsRestart);
        Assert.Equal(effect is NeedsRestart ? before : after, difference.Applicable);
        NetworkChange back = Assert.Single(NetworkDifference.Between(after, before, []).Changes);
        Assert.Equal((item, now, was), (back.Item, back.Before, back.After));
    }

    [Theory]
    [InlineData("prefix='24'", "netmask='255.255.255.0'")]
    [InlineData("<ip ", "<ip family='ipv4' ")]
    [InlineData("<ip ", "<dns enable='yes'/><ip ")]
    [InlineData("delay='0'", "delay='0' macTableManager='kernel'")]
    [InlineData("mode='nat'/>", "mode='nat'><nat><port start='1024' end='65535'/></nat></forward>")]
    [InlineData("<mac address='52:54:00:00:00:99'/>", "")]
    [InlineData("<uuid>11111111-2222-3333-4444-555555555555</uuid>", "")]
    [InlineData("name='virbr0' ", "")]
    [InlineData("<bridge name='virbr0' stp='on' delay='0'/>", "")]
    public void Another_spelling_and_what_is_made_up_are_no_change(string part, string replacement)
    {
        NetworkDifference difference = NetworkDifference.Between(
            Read(Nat), Read(Nat.Replace(part, replacement, StringComparison.Ordinal)), []);
        Assert.Empty(difference.Changes);
        Assert.Equal("virbr0", difference.Applicable.BridgeName);
        Assert.NotNull(difference.Applicable.Mac);
        Assert.NotNull(difference.Applicable.Uuid);
    }

    [Fact]
    public void Without_dhcp_nobody_waits_for_a_lease()
    {
        const string still = "<name>n</name><bridge name='b'/><domain name='a'/><ip address='10.1.1.1' prefix='24'/>";
        NetworkDifference difference = NetworkDifference.Between(
            Read(still), Read("<name>n</name><bridge name='b'/><mtu size='9000'/><domain name='b'/>"), []);
        Assert.Equal([Mtu, Address, Domain], difference.Changes.Select(change => change.Item));
        Assert.All(difference.Changes, change => Assert.Equal(Applied, change.Effect));
    }

    [Fact]
    public void Only_what_needs_a_restart_is_left_as_it_was()
    {
        string changed = Nat.Replace("virbr0", "virbr9", StringComparison.Ordinal)
            .Replace("00:99'", "00:98'", StringComparison.Ordinal)
            .Replace("stp='on'", "stp='off' macTableManager='libvirt'", StringComparison.Ordinal)
            .Replace("nat'", "route'", StringComparison.Ordinal);
        NetworkDefinition before = Read(Nat);
        NetworkDifference difference = NetworkDifference.Between(before, Read(changed), []);
        Assert.True(difference.NeedsRestart);
        Assert.Equal(
            before with
            {
                Bridge = before.Bridge! with { Stp = false },
                Forward = new Forward(ForwardMode.Route),
            },
            difference.Applicable);
    }

    [Theory]
    [InlineData("<name>n</name><title>t</title><forward mode='bridge'/><bridge name='br0'/>")]
    [InlineData("<name>n</name><title>t</title><forward mode='vepa' dev='e0'/>")]
    public void A_network_of_another_kind_needs_a_restart_for_everything_but_its_texts(string other)
    {
        NetworkDefinition before = Read(Nat);
        NetworkDifference difference = NetworkDifference.Between(before, Read(other), []);
        Assert.Equal(before with { Title = "t" }, difference.Applicable);
        Assert.All(difference.Changes, change => Assert.Equal(
            change.Item is Title ? Applied : NeedsRestart, change.Effect));
        Assert.Contains(difference.Changes, change => change.Item is NetworkItem.ForwardMode);
        Assert.Contains(difference.Changes, change => change.Item is Address);
    }

    [Fact]
    public void A_device_that_ports_sit_on_stays_until_the_restart()
    {
        NetworkDefinition before = TestPorts.Pool(ForwardMode.Vepa, "e0", "e1", "e2");
        NetworkDefinition after = TestPorts.Pool(ForwardMode.Vepa, "e2", "e3");
        NetworkDifference difference = NetworkDifference.Between(before, after, [TestPorts.Port().On("e1")]);
        Assert.Equal(
            [
                new NetworkChange(ForwardInterface, "e0", null, Applied),
                new NetworkChange(ForwardInterface, "e1", null, NeedsRestart),
                new NetworkChange(ForwardInterface, null, "e3", Applied),
            ],
            difference.Changes);
        Assert.Equal(["e2", "e3", "e1"], difference.Applicable.Forward.Interfaces);
    }

    [Fact]
    public void A_limit_below_what_ports_are_guaranteed_waits()
    {
        NetworkDefinition before = TestPorts.Shaped(average: 100);
        NetworkPort[] ports = [TestPorts.Port().WithFloor(50)];
        Assert.False(NetworkDifference.Between(before, TestPorts.Shaped(average: 50), ports).NeedsRestart);
        foreach (NetworkDefinition after in new[] { TestPorts.Shaped(average: 49), TestPorts.Isolated })
        {
            NetworkDifference difference = NetworkDifference.Between(before, after, ports);
            Assert.True(difference.NeedsRestart);
            Assert.Equal(before, difference.Applicable);
        }
    }

    private static NetworkDefinition Read(string inner) => NetworkXml.Parse($"<network>{inner}</network>").Definition;
}
