using System.Net;
using VirtNet.Model.Metadata;
using VirtNet.Model.Publishing;
using VirtNet.Model.Spanning;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Publishing;

public class NetworkExtensionXmlTests
{
    private const string Whole = """
        <network>
          <publish-default address='127.0.0.1'/>
          <publish name='web' protocol='tcp' port='8443' address='203.0.113.5' interface='eth0' from='198.51.100.0/24,192.0.2.7/32' balance='source'>
            <to guest='web1' mac='52:54:00:00:00:01' port='443' weight='2'/>
            <to address='192.168.122.12' port='443' backup='yes'/>
            <check protocol='tcp' port='443' interval='2' timeout='0.5' fall='3' rise='2'/>
          </publish>
          <publish name='whole' address='203.0.113.6' claim='yes' force='yes'><to guest='db'/></publish>
          <publish name='local' protocol='tcp' port='7979'><to host='yes' port='8080'/></publish>
          <publish protocol='udp' port='80,443,9000-9010' address='2001:db8:1::9'><to guest='52:54:00:00:00:02' port='7000'/></publish>
          <name match='*.Apps.lab.test' address='192.168.122.51'/>
          <peer network='lab2' protocol='tcp' port='5432'/>
          <peer network='lab3'/>
          <span vni='5077' learning='no' locked='no'><host address='192.0.2.1'/><host address='192.0.2.2'/></span>
        </network>
        """;

    private static readonly NetworkDefinition Network = NetworkXml.Parse(
        "<network><name>lab</name><forward mode='nat'/><bridge name='virbr0'/><ip address='192.168.122.1' prefix='24'/>"
        + "<ip family='ipv6' address='2001:db8::1' prefix='64'/></network>").Definition;

    [Fact]
    public void Everything_is_read_and_reads_the_same_when_it_is_printed()
    {
        NetworkExtension read = NetworkExtensionXml.Parse(Whole, Network);
        Assert.Empty(read.Faults);
        Assert.Equal(IPAddress.Loopback, read.DefaultAddress);
        Assert.Equal(["web", "whole", "local", "[2001:db8:1::9]:80,443,9000-9010/udp"], read.Publications.Select(each => each.Key));
        Publication web = read.Publications[0];
        Assert.Equal((PublishedProtocol.Tcp, "eth0", Balance.Source), (web.Protocol!.Value, web.Interface, web.Balance));
        Assert.Equal([IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("192.0.2.7/32")], web.From);
        Assert.Equal("web1:443", web.Targets[0].Text);
        Assert.Equal((MacAddress.Parse("52:54:00:00:00:01"), 2, false), (web.Targets[0].Mac!.Value, web.Targets[0].Weight, web.Targets[0].IsBackup));
        Assert.True(web.Targets[1].IsBackup);
        Assert.Equal(
            new PublicationCheck { Port = 443, Timeout = TimeSpan.FromSeconds(0.5) }, web.Check);
        Assert.True(read.Publications[1] is { IsWholeAddress: true, Claim: true, Force: true });
        Assert.True(read.Publications[2].IsToHost);
        Assert.Equal((null, MacAddress.Parse("52:54:00:00:00:02")), (read.Publications[3].Targets[0].Guest, read.Publications[3].Targets[0].Mac!.Value));
        Assert.Equal(new ServedName("*.apps.lab.test", IPAddress.Parse("192.168.122.51")), Assert.Single(read.Names));
        Assert.Equal(2, read.Peers.Count);
        Assert.Equal(new NetworkSpan(5077, [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")]) { Learns = false, Locks = false }, read.Span);
        Assert.Equal(read, NetworkExtensionXml.Parse(NetworkExtensionXml.Format(read), Network));
    }

    [Fact]
    public void What_is_set_as_metadata_is_found_in_the_definition()
    {
        NetworkDefinition set = Set(Network, Whole);
        Assert.Equal(NetworkExtensionXml.Parse(Whole, Network), NetworkExtensionXml.Of(set));
        NetworkDefinition again = NetworkXml.Parse(NetworkXml.Format(set)).Definition;
        Assert.Equal(NetworkExtensionXml.Of(set), NetworkExtensionXml.Of(again));
        Assert.Empty(NetworkExtensionXml.FindFaults(NetworkXml.Format(set), again));
        NetworkSchema.Validate(NetworkXml.Format(set));
    }

    [Fact]
    public void A_network_without_it_publishes_nothing() => Assert.Same(NetworkExtension.None, NetworkExtensionXml.Of(Network));

    [Theory]
    [InlineData("<publish protocol='tcp' port='80'/>", 1, "<publish>: a target is needed")]
    [InlineData("<publish protocol='tcp'><to guest='a'/></publish>", 1, "a protocol needs a port")]
    [InlineData("<publish port='80'><to guest='a'/></publish>", 1, "a port needs a protocol")]
    [InlineData("<publish><to guest='a'/></publish>", 1, "an address, or a protocol and a port, is needed")]
    [InlineData("<publish protocol='icmp' port='80'><to guest='a'/></publish>", 10, "Expected one of tcp, udp, sctp")]
    [InlineData("<publish protocol='tcp' port='0'><to guest='a'/></publish>", 25, "Expected ports from 1 to 65535")]
    [InlineData("<publish protocol='tcp' port='9-8'><to guest='a'/></publish>", 25, "Expected ports")]
    [InlineData("<publish protocol='tcp' port='65536'><to guest='a'/></publish>", 25, "Expected ports")]
    [InlineData("<publish protocol='tcp' port='80,80'><to guest='a'/></publish>", 1, "port 80 is listed twice")]
    [InlineData("<publish protocol='tcp' prot='80'><to guest='a'/></publish>", 25, "no attribute 'prot'; did you mean 'port'?")]
    [InlineData("<publish protocol='tcp' port='80'><too guest='a'/></publish>", 35, "no element <too>; did you mean 'to'?")]
    [InlineData("<publish protocol='tcp' port='80'>x<to guest='a'/></publish>", 35, "holds no text")]
    [InlineData("<publish protocol='tcp' port='80'><to/></publish>", 35, "exactly one of guest")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a' host='yes' port='1'/></publish>", 35, "exactly one of guest")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a,b'/></publish>", 39, "Expected a guest's name")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='52:54:00:00:00:01' mac='52:54:00:00:00:02'/></publish>", 65, "names two guests")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a' mac='01:00:5e:00:00:01'/></publish>", 49, "Expected a MAC address")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a' weight='257'/></publish>", 49, "Expected a number from 0 to 256")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/><to guest='a' weight='2'/></publish>", 1, "a is named twice")]
    [InlineData("<publish protocol='tcp' port='9000-9010'><to guest='a' port='7000-7005'/></publish>", 1, "11 ports cannot go to the 6 of a:7000-7005")]
    [InlineData("<publish protocol='tcp' port='80'><to host='yes'/></publish>", 1, "the host needs a port")]
    [InlineData("<publish protocol='tcp' port='80'><to host='yes' port='81'/><to guest='a'/></publish>", 1, "the host is a target by itself")]
    [InlineData("<publish protocol='tcp' port='80'><to address='192.168.123.9'/></publish>", 1, "192.168.123.9 is outside the network")]
    [InlineData("<publish protocol='tcp' port='80'><to address='192.168.122.1'/></publish>", 1, "192.168.122.1 is the bridge's own")]
    [InlineData("<publish protocol='tcp' port='80'><to address='192.168.122.0'/></publish>", 1, "192.168.122.0 is no address that a guest can have")]
    [InlineData("<publish protocol='tcp' port='80'><to address='192.168.122.255'/></publish>", 1, "192.168.122.255 is no address that a guest can have")]
    [InlineData("<publish protocol='tcp' port='80' address='203.0.113.5'><to address='2001:db8::9'/></publish>", 1, "one is IPv4, the other IPv6")]
    [InlineData("<publish protocol='tcp' port='80' address='x'><to guest='a'/></publish>", 35, "Expected an IP address")]
    [InlineData("<publish protocol='tcp' port='80' interface='a/b'><to guest='a'/></publish>", 35, "cannot be an interface's name")]
    [InlineData("<publish protocol='tcp' port='80' from='a'><to guest='a'/></publish>", 35, "Expected networks")]
    [InlineData("<publish protocol='tcp' port='80' address='203.0.113.5' from='2001:db8::/32'><to guest='a'/></publish>", 1, "no client of another address family")]
    [InlineData("<publish protocol='tcp' port='80' address='127.0.0.1' interface='eth0'><to guest='a'/></publish>", 1, "reached from the host alone")]
    [InlineData("<publish protocol='tcp' port='80' claim='yes'><to guest='a'/></publish>", 1, "only a whole address can be claimed")]
    [InlineData("<publish address='127.0.0.1'><to guest='a'/></publish>", 1, "cannot be published as a whole")]
    [InlineData("<publish address='203.0.113.6'><to guest='a'/><to guest='b'/></publish>", 1, "exactly one target")]
    [InlineData("<publish address='203.0.113.6'><to guest='a' port='80'/></publish>", 1, "has no ports")]
    [InlineData("<publish protocol='udp' port='53'><to guest='a'/></publish>", 1, "port 53 is what the network's guests are served on")]
    [InlineData("<publish protocol='udp' port='60-70' address='192.168.122.1'><to guest='a'/></publish>", 1, "port 67 is what")]
    [InlineData("<publish protocol='udp' port='547' interface='virbr0'><to guest='a'/></publish>", 1, "port 547 is what")]
    [InlineData("<publish address='192.168.122.1'><to guest='a'/></publish>", 1, "192.168.122.1 is the bridge's own, on which")]
    [InlineData("<publish protocol='udp' port='81'><to guest='a'/><check protocol='tcp'/></publish>", 1, "a check by TCP or HTTP needs a port")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/><check protocol='icmp'/></publish>", 57, "a check is 'tcp' or 'http'")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/><check protocol='tcp' path='/'/></publish>", 72, "the path of a check is one of HTTP")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/><check protocol='http' path='/a b'/></publish>", 73, "the path of a check is one of HTTP")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/><check protocol='tcp' interval='1' timeout='2'/></publish>", 85, "not longer than its interval")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/><check protocol='tcp'/><check protocol='tcp'/></publish>", 73, "one <check> at most")]
    [InlineData("<publish name='a:b' protocol='tcp' port='80'><to guest='a'/></publish>", 10, "Expected a word")]
    [InlineData("<name match='*.*.test' address='192.0.2.1'/>", 7, "neither a name nor")]
    [InlineData("<name match='a.test'/>", 1, "Missing required attribute 'address'")]
    [InlineData("<peer network=''/>", 7, "Invalid value for attribute 'network'")]
    [InlineData("<peer network='b' port='80'/>", 19, "needs a protocol")]
    [InlineData("<peer network='lab'/>", 1, "a network is not its own peer")]
    [InlineData("<publish address='192.168.122.77' claim='yes'><to guest='a'/></publish>", 1, "192.168.122.77 is in a subnet of the network")]
    [InlineData("<publish-default/>", 1, "Missing required attribute 'address'")]
    [InlineData("<publish-default address='1'/>", 18, "Expected an IP address")]
    [InlineData("<publish-default address='10.1'/>", 18, "Expected an IP address")]
    [InlineData("<publish-default address='224.0.0.1'/>", 18, "224.0.0.1 cannot be published")]
    [InlineData("<publish protocol='tcp' port='80' address='1'><to guest='a'/></publish>", 35, "Expected an IP address")]
    [InlineData("<publich/>", 1, "<network> has no element <publich>; did you mean 'publish'?")]
    [InlineData("<span vni='7'><hosts/></span>", 15, "Missing required attribute 'match'")]
    [InlineData("<span vni='7'><hosts match='rack 1'/></span>", 22, "Expected a host's name in the fabric")]
    [InlineData("<span vni='7'><hosts match='a*'/><hosts match='b*'/></span>", 34, "one <hosts> at most")]
    [InlineData("<span vni='0'><host address='192.0.2.1'/></span>", 7, "Expected a number from 1 to 16777215")]
    [InlineData("<span vni='16777216'><host address='192.0.2.1'/></span>", 7, "Expected a number from 1 to 16777215")]
    [InlineData("<span vni='5077' learning='off'><host address='192.0.2.1'/></span>", 18, "Invalid value for attribute 'learning'")]
    [InlineData("<span vni='5077' locked='off'><host address='192.0.2.1'/></span>", 18, "Invalid value for attribute 'locked'")]
    [InlineData("<span vni='5077' exit='local'><host address='192.0.2.1'/></span>", 18, "no attribute 'exit'")]
    [InlineData("<span vni='5077'><host/></span>", 18, "Missing required attribute 'address'")]
    [InlineData("<span vni='5077'><host address='a'/></span>", 24, "Expected an IP address")]
    [InlineData("<span vni='5077'><host address='192.0.2.1'/><host address='192.0.2.1'/></span>", 1, "host 192.0.2.1 is named twice")]
    [InlineData("<span vni='5077'><host address='192.0.2.1'/><host address='2001:db8:5::1'/></span>", 1, "are of two address families")]
    [InlineData("<span vni='5077'><host address='224.0.0.1'/></span>", 1, "224.0.0.1 is no host's address")]
    [InlineData("<span vni='5077'><host address='fe80::1'/></span>", 1, "fe80::1 is no host's address")]
    [InlineData("<span vni='5077'><host address='192.168.122.9'/></span>", 1, "is an address of the network itself")]
    [InlineData("<a:b xmlns:a='urn:a'/>", 1, "<b> in <network> is not of namespace urn:virtnet:network:1")]
    [InlineData("text", 1, "<network> holds no text")]
    public void What_cannot_be_in_force_is_told_with_its_place_and_keeps_nothing_else_from_it(string part, int column, string reason)
    {
        string element = $"<network>\n{part}\n<publish name='good' protocol='tcp' port='8080'><to guest='web'/></publish></network>";
        NetworkExtension read = NetworkExtensionXml.Parse(element, Network);
        ExtensionFault fault = Assert.Single(read.Faults);
        Assert.Contains(reason, fault.Text, StringComparison.Ordinal);
        Assert.Equal(new XmlPosition(2, column), part == "text" ? new XmlPosition(2, 1) : fault.Position);
        Assert.Equal("good", Assert.Single(read.Publications).Key);
        VirtNetException refused = Assert.Throws<VirtNetException>(
            () => ExtensionIntake.CheckElement(element, null, Network, Set(Network, element)));
        Assert.Equal(VirErrorCode.XmlError, refused.Code);
        Assert.StartsWith("XML error: urn:virtnet:network:1: line ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<publish name='a' protocol='tcp' port='80'><to guest='a'/></publish><publish name='a' protocol='tcp' port='81'><to guest='a'/></publish>", "'a' already")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/></publish><publish protocol='tcp' port='80'><to guest='b'/></publish>", "'80' already")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/></publish><publish name='b' protocol='tcp' port='80'><to guest='b'/></publish>", "published already")]
    [InlineData("<publish protocol='tcp' port='80-90'><to guest='a'/></publish><publish protocol='tcp' port='90-91'><to guest='b'/></publish>", "some of ports 90-91 are published already")]
    [InlineData("<publish protocol='udp' port='80'><to guest='a'/></publish><publish name='b' protocol='udp' port='80' address='0.0.0.0'><to guest='b'/></publish>", "port 80/udp of 0.0.0.0 is published already")]
    [InlineData("<publish protocol='tcp' port='80' from='10.0.0.0/8,192.0.2.0/24'><to guest='a'/></publish><publish name='b' protocol='tcp' port='80' from='192.0.2.0/24,10.0.0.0/8'><to guest='b'/></publish>", "port 80 is published already for the same clients")]
    [InlineData("<publish address='203.0.113.6'><to guest='a'/></publish><publish name='x' address='203.0.113.6'><to guest='b'/></publish>", "published already")]
    [InlineData("<publish-default address='127.0.0.1'/><publish-default address='::1'/>", "one <publish-default> at most")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/></publish><publish protocol='tcp' port='80' address='127.0.0.1'><to guest='b'/></publish>"
        + "<publish-default address='127.0.0.1'/>", "port 80 of 127.0.0.1 is published already")]
    [InlineData("<publish-default address='127.0.0.1'/><publish protocol='tcp' port='80' interface='eth0'><to guest='a'/></publish>", "127.0.0.1 is reached from the host alone")]
    [InlineData("<span vni='1'><host address='192.0.2.1'/></span><span vni='2'><host address='192.0.2.1'/></span>", "one <span> at most")]
    public void A_second_one_of_the_same_is_told(string parts, string reason)
    {
        NetworkExtension read = NetworkExtensionXml.Parse($"<network>{parts}</network>", Network);
        Assert.Contains(reason, Assert.Single(read.Faults).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<publish protocol='tcp' port='80-90'><to guest='a'/></publish><publish protocol='tcp' port='85'><to guest='b'/></publish>")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/></publish><publish protocol='udp' port='80'><to guest='b'/></publish>")]
    [InlineData("<publish protocol='tcp' port='80'><to guest='a'/></publish><publish name='e' protocol='tcp' port='80' interface='eth0'><to guest='b'/></publish>")]
    [InlineData("<publish address='203.0.113.6'><to guest='a'/></publish><publish address='203.0.113.6' protocol='tcp' port='80'><to guest='b'/></publish>")]
    [InlineData("<publish protocol='udp' port='53' address='203.0.113.6'><to guest='a'/></publish>")]
    [InlineData("<publish-default address='127.0.0.1'/><publish protocol='udp' port='53'><to guest='a'/></publish>")]
    [InlineData("<publish protocol='tcp' port='1-65535' address='203.0.113.6'><to guest='a'/></publish>")]
    [InlineData("<publish protocol='tcp' port='80,90-100'><to guest='a' port='8080'/></publish>")]
    public void What_does_not_stand_in_each_others_way_stands_side_by_side(string parts) =>
        Assert.Empty(NetworkExtensionXml.Parse($"<network>{parts}</network>", Network).Faults);

    [Fact]
    public void Where_the_network_does_not_say_the_host_s_default_counts()
    {
        const string twice = "<publish protocol='tcp' port='80'><to guest='a'/></publish><publish protocol='tcp' port='80' address='127.0.0.1'><to guest='b'/></publish>";
        Assert.Empty(NetworkExtensionXml.Parse($"<network>{twice}</network>", Network).Faults);
        NetworkExtension read = NetworkExtensionXml.Parse($"<network>{twice}</network>", Network, IPAddress.Loopback);
        Assert.Equal(IPAddress.Loopback, read.DefaultAddress);
        Assert.Contains("port 80 of 127.0.0.1 is published already", Assert.Single(read.Faults).Text, StringComparison.Ordinal);
        read = NetworkExtensionXml.Parse($"<network><publish-default address='0.0.0.0'/>{twice}</network>", Network, IPAddress.Loopback);
        Assert.Equal((IPAddress.Any, 0), (read.DefaultAddress!, read.Faults.Count));
    }

    [Fact]
    public void Ten_thousand_publications_are_read_and_no_document_makes_anybody_read_for_long()
    {
        string Many(int count) => string.Concat(Enumerable.Range(1, count).Select(
            port => $"<publish protocol='tcp' port='{port}' address='203.0.113.5'><to guest='g{port}'/></publish>"));
        Assert.Equal(10_000, NetworkExtensionXml.Parse($"<network>{Many(10_000)}</network>", Network).Publications.Count);
        NetworkExtension read = NetworkExtensionXml.Parse($"<network>{Many(16_385)}<bogus/></network>", Network);
        Assert.Equal("<network> has at most 16384 parts", Assert.Single(read.Faults).Text);
        Assert.Equal(16_384, read.Publications.Count);
    }

    [Fact]
    public void A_network_whose_guests_are_elsewhere_publishes_nothing()
    {
        NetworkDefinition bridged = NetworkXml.Parse("<network><name>b</name><forward mode='bridge'/><bridge name='br0'/></network>").Definition;
        NetworkExtension read = NetworkExtensionXml.Parse("<network><publish protocol='tcp' port='80'><to guest='a'/></publish></network>", bridged);
        Assert.Contains("mode bridge", Assert.Single(read.Faults).Text, StringComparison.Ordinal);
        NetworkExtension spanning = NetworkExtensionXml.Parse("<network><span vni='5'><host address='192.0.2.1'/></span></network>", bridged);
        Assert.Contains("mode bridge has no bridge of its own", Assert.Single(spanning.Faults).Text, StringComparison.Ordinal);
    }

    private static NetworkDefinition Set(NetworkDefinition network, string element) => NetworkMetadataEditor.Set(
        network, NetworkMetadataType.Element, element, NetworkExtension.Prefix, NetworkExtension.Namespace);
}
