using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

public class NetworkSchemaTests
{
    [Theory]
    [InlineData("<network>\n  <name>n</name>\n  <bogus/>\n</network>", "line 3, column 4: ", "bogus")]
    [InlineData("<network>\n  <name>n</name>\n  <bridge nam='x'/>\n</network>", "line 3, column 11: ", "nam")]
    [InlineData("<network><name>n</name><forward mode='zork'/></network>", "line 1, column 33: ", "zork")]
    [InlineData("<network><name>n</name><forward><bridge name='b'/></forward></network>", "line 1, column 34: ", "bridge")]
    [InlineData("<network><name>n</name><a:b xmlns:a='urn:a'/></network>", "line 1, column 25: ", "urn:a")]
    [InlineData("<network><name>n</name><metadata><v:network xmlns:v='urn:virtnet:network:1'><v:zork/></v:network></metadata></network>",
        "line 1, column 78: ", "zork")]
    public void What_the_parser_would_ignore_is_refused_with_its_place(string xml, string place, string name)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkSchema.Validate(xml));
        Assert.Equal((VirErrorCode.XmlInvalidSchema, VirErrorDomain.Xml), (refused.Code, refused.Domain));
        string[] lines = refused.Message.Split('\n');
        Assert.Equal("XML document failed to validate against schema: Unable to validate doc against network.xsd", lines[0]);
        Assert.StartsWith(place, lines[1], StringComparison.Ordinal);
        Assert.Contains(name, lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_element_of_which_only_the_first_counts_is_refused()
    {
        const string Xml = "<network><name>n</name><ip address='10.1.1.1'/><ip address='10.2.1.1'/><bridge/>\n  <bridge name='b'/></network>";
        string message = Assert.Throws<VirtNetException>(() => NetworkSchema.Validate(Xml)).Message;
        Assert.Contains(
            "line 2, column 3: only the first <bridge> in <network> counts, this one is ignored", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_expected_is_named()
    {
        string message = Assert.Throws<VirtNetException>(
            () => NetworkSchema.Validate("<network><name>n</name><forward><bridge/></forward></network>")).Message;
        Assert.Contains("driver, nat, pf, interface, address", message, StringComparison.Ordinal);
    }

    // Each is refused by libvirt 9.0's network.rng, and taken by its parser.
    [Theory]
    [InlineData("<forward mode='none'/>", "Allowed: 'nat', 'route', 'open', 'bridge', 'private', 'vepa', 'passthrough', 'hostdev'.")]
    [InlineData("<forward mode=''/>", "Allowed: 'nat'")]
    [InlineData("<bridge name='b' stp='yes'/>", "Allowed: 'on', 'off'.")]
    [InlineData("<bridge name='my bridge'/>", "Allowed: letters, digits")]
    [InlineData("<bridge name=''/>", "deviceName")]
    [InlineData("<bridge name='b' zone='a zone'/>", "zoneName")]
    [InlineData("<domain name='my domain'/>", "dnsName")]
    [InlineData("<portgroup name='p' default='true'/>", "Allowed: 'yes', 'no'.")]
    [InlineData("<mac address='52:54:0:0:0:1'/>", "Allowed: six octets of two hexadecimal digits")]
    [InlineData("<mac address=''/>", "macAddress")]
    [InlineData("<uuid></uuid>", "uuid")]
    [InlineData("<mtu size=''/>", "unsignedShort")]
    [InlineData("<dns><forwarder addr='192.0.2.1' port='0'/></dns>", "Allowed: a number from 1 to 65535.")]
    [InlineData("<dns><srv service='a' protocol='sctp'/></dns>", "sctp")]
    [InlineData("<dns><host ip='gateway'><hostname>a</hostname></host></dns>", "Allowed: an IPv4 or IPv6 address in figures")]
    [InlineData("<ip address='10.1' prefix='24'/>", "ipAddress")]
    [InlineData("<ip address='010.0.0.1' prefix='24'/>", "ipAddress")]
    [InlineData("<ip address='10.0.0.1' netmask='24'/>", "Allowed: an IPv4 address, four numbers joined by dots.")]
    [InlineData("<ip address='10.0.0.1' netmask='ffff::'/>", "ipv4Address")]
    [InlineData("<ip address='10.0.0.1' prefix='+24'/>", "prefix")]
    [InlineData("<ip family='ipv6' address='fd00::1' prefix='129'/>", "Allowed: a number from 0 to 32 (IPv4) or 128 (IPv6).")]
    [InlineData("<ip address='10.0.0.1' prefix='24' netmask='255.255.255.0'/>", "<ip> has either 'netmask' or 'prefix'.")]
    [InlineData("<ip address='10.0.0.1' prefix='24'><dhcp><host ip='10.0.0.2'/></dhcp></ip>", "'mac', 'id' or 'name'")]
    [InlineData("<ip address='10.0.0.1' prefix='24'><dhcp><host mac='52:54:00:00:00:01' id='0:4' ip='10.0.0.2'/></dhcp></ip>", "'mac' or 'id'")]
    [InlineData("<ip family='ipv6' address='fd00::1'><dhcp><host id='0:1:2' ip='fd00::2'/></dhcp></ip>", "Allowed: a DHCPv6 client's identifier")]
    [InlineData("<ip address='10.0.0.1' prefix='24'><dhcp><bootp file=''/></dhcp></ip>", "file")]
    [InlineData("<route address='10.1.0.0' prefix='16' netmask='255.255.0.0' gateway='10.0.0.2'/>", "<route> has either")]
    [InlineData("<route address='10.1.0.0' prefix='16' gateway='10.0.0.2' metric='4294967296'/>", "Allowed: a number from 0 to 4294967295")]
    [InlineData("<forward mode='nat'><nat><address start='fd00::1' end='fd00::2'/></nat></forward>", "ipv4Address")]
    [InlineData("<forward mode='nat'><nat><port start='0' end='0'/></nat></forward>", "port16")]
    [InlineData("<forward mode='hostdev'><address type='pci' bus='256'/></forward>", "Allowed: a number from 0 to 255")]
    [InlineData("<forward mode='hostdev'><address type='pci' slot='0x20'/></forward>", "Allowed: a number from 0 to 31")]
    [InlineData("<forward mode='hostdev'><address type='pci' function='9'/></forward>", "Allowed: a number from 0 to 7")]
    [InlineData("<vlan><tag id='4096'/></vlan>", "Allowed: a number from 0 to 4095")]
    [InlineData("<virtualport type='802.1Qbg'><parameters managerid='256'/></virtualport>", "octet")]
    [InlineData("<virtualport type='802.1Qbg'><parameters typeid='0x1000000'/></virtualport>", "threeOctets")]
    [InlineData("<virtualport type='802.1Qbh'><parameters profileid='0123456789012345678901234567890123456789'/></virtualport>", "profileid")]
    [InlineData("<virtualport type='openvswitch'><parameters managerid='1'/></virtualport>", "Allowed: profileid, interfaceid.")]
    [InlineData("<virtualport type='midonet'/>", "'interfaceid' is missing")]
    [InlineData("<dnsmasq:options xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'/><dnsmasq:options xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'/>",
        "more than one <dnsmasq:options>")]
    public void Values_are_as_strict_as_libvirts_and_the_allowed_ones_are_named(string element, string text)
    {
        VirtNetException e = Assert.Throws<VirtNetException>(() => NetworkSchema.Validate($"<network><name>n</name>{element}</network>"));
        Assert.Equal(VirErrorCode.XmlInvalidSchema, e.Code);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<network/>", "'name' is missing")]
    [InlineData("<network xmlns='urn:a'><name>n</name></network>", "not 'urn:a'")]
    [InlineData("<a:network xmlns:a='urn:a'><name>n</name></a:network>", "not 'urn:a'")]
    public void A_network_has_a_name_and_no_namespace(string xml, string text) => Assert.Contains(
        text, Assert.Throws<VirtNetException>(() => NetworkSchema.Validate(xml)).Message, StringComparison.Ordinal);

    // Each is taken by libvirt 9.0's network.rng; some are refused by its parser, in its own words.
    [Theory]
    [InlineData("<ip netmask='255.255.255.0'/>")]
    [InlineData("<ip address='10.0.0.1' prefix=' 024 '/>")]
    [InlineData("<ip family='ipv6' address='FD77:0000:0:0::0001' prefix='64'/>")]
    [InlineData("<ip family='ipv6' address='1:2:3:4:5:6:7::'/>")]
    [InlineData("<ip family='ipv6' address='::2:3:4:5:6:7:8'/>")]
    [InlineData("<ip family='ipv6' address='::'/>")]
    [InlineData("<ip family='ipv6' address='1:2:3:4:5:6:10.0.0.1'/>")]
    [InlineData("<ip family='ipv6' address='::ffff:10.0.0.1'/>")]
    [InlineData("<ip family='ipv6' address='64:ff9b::10.0.0.1'/>")]
    [InlineData("<ip family='ipv6' address='fd00::1'><dhcp><host id='0:3:0:1:52:54:00:00:00:01' name='n' ip='fd00::2'/></dhcp></ip>")]
    [InlineData("<ip family='ipv6' address='fd00::1'><dhcp><host id='00:01:00:01:2a:01:02:03:52:54:00:00:00:01' ip='fd00::2'/></dhcp></ip>")]
    [InlineData("<ip address='10.0.0.1' prefix='24'><dhcp><host name='_n' ip='10.0.0.2'/></dhcp></ip>")]
    [InlineData("<dns><srv service='a.b' protocol='tcp'/></dns>")]
    [InlineData("<bandwidth classID='3'/>")]
    [InlineData("<virtualport/>")]
    [InlineData("<virtualport type='802.1Qbg'><parameters managerid='0x1f' typeid='16777215' typeidversion='255'/></virtualport>")]
    [InlineData("<forward mode='hostdev'><address type='pci' domain='0x0000' bus='0x04' slot='31' function='0x7'/></forward>")]
    public void What_libvirts_schema_takes_is_taken(string element) =>
        NetworkSchema.Validate($"<network><name>n</name>{element}</network>");

    [Fact]
    public void A_forwarder_may_have_a_port()
    {
        const string Xml = "<network><name>n</name><dns><forwarder domain='a.test' addr='192.0.2.1' port='5353'/></dns></network>";
        NetworkSchema.Validate(Xml);
        Assert.Equal(5353, NetworkXml.Parse(Xml).Definition.Dns!.Forwarders[0].Port);
        Assert.Contains("<forwarder domain='a.test' addr='192.0.2.1' port='5353'/>", NetworkXml.Format(NetworkXml.Parse(Xml).Definition), StringComparison.Ordinal);
        Assert.Throws<VirtNetException>(() => NetworkXml.Parse(Xml.Replace("addr='192.0.2.1' ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Another_root_element_is_refused_as_the_parser_refuses_it() =>
        Assert.Equal(VirErrorCode.XmlError, Assert.Throws<VirtNetException>(() => NetworkSchema.Validate("<pool/>")).Code);

    [Fact]
    public void A_text_that_is_no_xml_is_refused_as_the_parser_refuses_it() =>
        Assert.Equal(VirErrorCode.XmlDetail, Assert.Throws<VirtNetException>(() => NetworkSchema.Validate("<network>")).Code);

    [Fact]
    public void Other_programs_metadata_is_theirs() => NetworkSchema.Validate(Documents.Whole(
        "<metadata><a:b xmlns:a='urn:a' a:c='1'>text<d/></a:b><v:network xmlns:v='urn:virtnet:network:1'/></metadata>"));

    [Fact]
    public void A_network_port_has_a_schema_of_its_own()
    {
        const string Port = """
            <networkport>
              <uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid>
              <owner><name>guest</name><uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner>
              <mac address='52:54:00:7b:35:93'/>
              <bandwidth classID='3'><inbound average='1' floor='2'/></bandwidth>
              <plug type='hostdev-pci' managed='yes'><address domain='0x0001' bus='0x02' slot='0x03' function='0x4'/></plug>
            </networkport>
            """;
        NetworkSchema.ValidatePort(Port);
        Assert.Throws<VirtNetException>(() => NetworkSchema.ValidatePort(Port.Replace("<mac ", "<mic ", StringComparison.Ordinal)));
    }
}
