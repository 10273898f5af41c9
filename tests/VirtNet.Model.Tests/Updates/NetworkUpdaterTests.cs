using VirtNet.Model.Ports;
using VirtNet.Model.Updates;
using VirtNet.Model.Xml;
using static VirtNet.Model.Tests.Ports.TestPorts;

namespace VirtNet.Model.Tests.Updates;

public sealed class NetworkUpdaterTests
{
    private const string OnePort = "<interface dev='e0'/>";

    private static readonly NetworkDefinition Network = NetworkXml.Parse(
        """
        <network><name>n</name><bridge name='b0'/>
          <dns><host ip='10.1.1.7'><hostname>a</hostname></host><host ip='10.1.1.7'><hostname>b</hostname></host></dns>
          <ip address='10.1.1.1' prefix='24'><dhcp>
            <range start='10.1.1.2' end='10.1.1.9'/>
            <host name='nomac' ip='10.1.1.4'/>
            <host mac='52:54:00:00:00:01' name='h1' ip='10.1.1.5'><lease expiry='1' unit='hours'/></host>
          </dhcp></ip>
          <ip family='ipv6' address='2001:db8::1' prefix='64'><dhcp><host id='0:1' name='h6' ip='2001:db8::5'/></dhcp></ip>
        </network>
        """).Definition;

    [Theory]
    [InlineData(1, "bridge")]
    [InlineData(2, "domain")]
    [InlineData(3, "ip")]
    [InlineData(6, "forward")]
    [InlineData(8, "forward pf")]
    public void Some_sections_cannot_be_updated(uint section, string name) => RefusedUpdate(
        VirErrorCode.OperationUnsupported, $"Operation not supported: can't update '{name}' section of network 'n'",
        command: 3, section, "<anything/>");

    [Fact]
    public void An_interface_cannot_be_added_where_nothing_is_forwarded() => RefusedUpdate(
        VirErrorCode.OperationInvalid,
        "Requested operation is not valid: network 'n' has no <forward> that an interface could be added to",
        command: 3, section: 7, OnePort);

    [Fact]
    public void An_interface_that_is_not_there_is_not_found() => RefusedUpdate(
        VirErrorCode.OperationInvalid,
        "Requested operation is not valid: couldn't find an interface entry in network 'n' matching <interface dev='e0'>",
        command: 2, section: 7, OnePort);

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(uint.MaxValue)]
    public void Unknown_sections_are_refused(uint section) => RefusedUpdate(
        VirErrorCode.OperationUnsupported, "Operation not supported: can't update unrecognized section of network",
        command: 3, section, "<anything/>");

    [Theory]
    [InlineData(4, "<host name='x' ip='10.1.1.6'/>")]
    [InlineData(5, "<range start='10.1.1.20' end='10.1.1.30'/>")]
    [InlineData(7, OnePort)]
    [InlineData(9, "<portgroup name='p'/>")]
    [InlineData(10, "<host ip='10.1.1.7'/>")]
    [InlineData(11, "<txt name='t'/>")]
    [InlineData(12, "<srv/>")]
    public void Unknown_commands_are_refused_by_each_section(uint section, string xml)
    {
        foreach ((uint command, string shown) in new[] { (0u, "0"), (5u, "5"), (uint.MaxValue, "-1") })
        {
            RefusedUpdate(VirErrorCode.OperationUnsupported,
                $"Operation not supported: unrecognized network update command code {shown}", command, section, xml);
        }
    }

    [Theory]
    [InlineData(4, "host")]
    [InlineData(5, "range")]
    [InlineData(7, "interface")]
    [InlineData(9, "portgroup")]
    [InlineData(10, "host")]
    [InlineData(11, "txt")]
    [InlineData(12, "srv")]
    public void Another_element_is_refused_before_anything_else_about_it(uint section, string expected) => RefusedUpdate(
        VirErrorCode.XmlError, $"XML error: unexpected element <foo>, expecting <{expected}>, while updating network 'n'",
        command: 3, section, "<foo/>", parentIndex: 9);

    [Fact]
    public void Text_that_is_not_XML_is_refused_first()
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => Update(3, 1, "<a"));
        Assert.Equal(VirErrorCode.XmlDetail, refused.Code);
    }

    [Fact]
    public void What_the_client_left_out_is_shown_as_libvirt_shows_it()
    {
        RefusedUpdate(VirErrorCode.OperationInvalid,
            "Requested operation is not valid: there is an existing dhcp host entry in network 'n' that matches "
            + "\"<host mac='unknown' name='h1' ip='10.1.1.6'/>\"",
            command: 3, section: 4, "<host name='h1' ip='10.1.1.6'/>");
        RefusedUpdate(VirErrorCode.OperationInvalid,
            "Requested operation is not valid: couldn't locate an existing dhcp host entry with \"mac='unknown'\" "
            + "\"name='(null)'\" \"ip='2001:db8::9'\" in network 'n'",
            command: 1, section: 4, "<host id='0:2' ip='2001:db8::9'/>", parentIndex: 1);
    }

    [Fact]
    public void A_reservation_without_a_MAC_is_deleted_by_any_MAC()
    {
        NetworkDefinition changed = Update(2, 4, "<host mac='52:54:00:00:00:01'/>");
        Assert.Equal(["h1"], changed.Ips[0].Hosts.Select(host => host.Name));
    }

    [Fact]
    public void A_modified_reservation_is_replaced_as_a_whole()
    {
        NetworkDefinition changed = Update(1, 4, "<host mac='52:54:0:0:0:1' name='new' ip='10.1.1.6'/>");
        Assert.Equal(
            new DhcpHost("52:54:0:0:0:1", Id: null, "new", System.Net.IPAddress.Parse("10.1.1.6")), changed.Ips[0].Hosts[1]);
    }

    [Fact]
    public void A_reservation_of_the_other_family_is_refused_when_it_is_added_but_may_be_looked_for()
    {
        RefusedUpdate(VirErrorCode.OperationInvalid,
            "Requested operation is not valid: the address family of a host entry IP must match the address family of the "
            + "dhcp element's parent",
            command: 3, section: 4, "<host mac='52:54:00:00:00:09' ip='2001:db8::77'/>");
        RefusedUpdate(VirErrorCode.OperationInvalid,
            "Requested operation is not valid: couldn't locate a matching dhcp host entry in network 'n'",
            command: 2, section: 4, "<host ip='2001:db8::77'/>");
    }

    [Fact]
    public void Two_dns_hosts_of_one_address_cannot_be_told_apart_by_it()
    {
        RefusedUpdate(VirErrorCode.OperationInvalid,
            "Requested operation is not valid: multiple matching DNS HOST records were found in network n",
            command: 1, section: 10, "<host ip='10.1.1.7'><hostname>c</hostname></host>");
        Assert.Equal("b", Assert.Single(Update(2, 10, "<host><hostname>a</hostname></host>").Dns!.Hosts).Names[0]);
    }

    [Fact]
    public void A_dns_host_needs_a_name_to_be_modified_to()
    {
        NetworkDefinition one = Update(2, 10, "<host><hostname>a</hostname></host>");
        Refused(VirErrorCode.XmlDetail, "Missing hostname in network 'n' DNS HOST record",
            () => Update(one, 1, 10, "<host ip='10.1.1.7'/>"));
        Refused(VirErrorCode.XmlDetail, "Missing ip and hostname in network 'n' DNS HOST record",
            () => Update(one, 2, 10, "<host/>"));
        Assert.Null(Update(one, 2, 10, "<host ip='10.1.1.7'/>").Dns);
    }

    [Fact]
    public void An_interface_that_ports_sit_on_stays()
    {
        NetworkDefinition pool = Pool(ForwardMode.Vepa, "e0", "e1");
        NetworkPort[] ports = [Port(1).On("e0"), Port(2).On("e0")];
        Refused(VirErrorCode.OperationInvalid,
            "Requested operation is not valid: unable to delete interface 'e0' in network 'n'. "
            + "It is currently being used  by 2 domains.",
            () => Update(pool, 2, 7, OnePort, ports: ports));
        Assert.Equal(["e0"], Update(pool, 2, 7, "<interface dev='e1'/>", ports: ports).Forward.Interfaces);
        Assert.Equal(["e1"], Update(pool, 2, 7, OnePort).Forward.Interfaces);
    }

    [Fact]
    public void An_interface_takes_the_place_of_a_physical_function_as_it_does_in_a_file()
    {
        const string Before = "<network><name>n</name><forward mode='passthrough'><pf dev='e0'/></forward></network>";
        NetworkDefinition changed = Update(NetworkXml.Parse(Before).Definition, 3, 7, "<interface dev='e1'/>");
        Assert.Equal(changed, NetworkXml.Parse(NetworkXml.Format(changed)).Definition);
        Assert.Equal(["e1"], changed.Forward.Interfaces);
    }

    [Fact]
    public void A_record_for_a_network_without_dns_is_refused_by_the_check_of_the_whole()
    {
        NetworkDefinition silent = Network with { Dns = new DnsDefinition { Enable = false } };
        Refused(VirErrorCode.XmlError, "XML error: Extra data in disabled network 'n'",
            () => Update(silent, 3, 11, "<txt name='a' value=''/>"));
    }

    [Fact]
    public void Records_are_added_at_the_end_asked_for()
    {
        NetworkDefinition two = Update(Update(3, 11, "<txt name='one' value=''/>"), 4, 11, "<txt name='two' value='2'/>");
        Assert.Equal([new DnsTxt("two", "2"), new DnsTxt("one", "")], two.Dns!.Txts);
        NetworkDefinition changed = Update(two, 1, 11, "<txt name='one' value='1'/>");
        Assert.Equal([new DnsTxt("two", "2"), new DnsTxt("one", "1")], changed.Dns!.Txts);
    }

    [Fact]
    public void The_subnet_is_chosen_by_index_or_by_where_dhcp_is()
    {
        NetworkDefinition bare = NetworkXml.Parse(
            "<network><name>n</name><ip family='ipv6' address='2001:db8::1' prefix='64'/><ip address='10.1.1.1' prefix='24'/></network>")
            .Definition;
        Assert.Single(Update(bare, 3, 4, "<host name='x' ip='10.1.1.9'/>").Ips[1].Hosts);
        Assert.Single(Update(bare, 3, 4, "<host name='x' ip='2001:db8::9'/>", parentIndex: 0).Ips[0].Hosts);
        Assert.Equal(2, Update(3, 4, "<host id='0:2' ip='2001:db8::9'/>", parentIndex: 1).Ips[1].Hosts.Count);
    }

    private static NetworkDefinition Update(uint command, uint section, string xml, int parentIndex = -1) =>
        Update(Network, command, section, xml, parentIndex);

    private static NetworkDefinition Update(
        NetworkDefinition network, uint command, uint section, string xml, int parentIndex = -1, NetworkPort[]? ports = null) =>
        NetworkUpdater.Apply(
            network, (NetworkUpdateCommand)command, (NetworkUpdateSection)section, parentIndex, xml, ports);

    private static void RefusedUpdate(
        VirErrorCode code, string message, uint command, uint section, string xml, int parentIndex = -1) =>
        Refused(code, message, () => Update(command, section, xml, parentIndex));
}
