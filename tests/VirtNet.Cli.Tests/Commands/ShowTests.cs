using VirtNet.Cli.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

/// <summary>net-info, net-name, net-uuid, net-dumpxml and net-dhcp-leases.</summary>
public sealed class ShowTests
{
    private const string Uuid = "11111111-2222-3333-4444-555555555555";

    private readonly CommandLine _line = new();
    private readonly FakeNetwork _network;

    public ShowTests()
    {
        _network = _line.Daemon.Add("tnet", Uuid, active: true);
        _network.Bridge = "virbr7";
    }

    [Theory]
    [InlineData("tnet")]
    [InlineData(Uuid)]
    public async Task A_network_is_described_by_name_and_by_uuid(string name) => (await _line.RunAsync("net-info", name)).Is(
        $"""
        Name:           tnet
        UUID:           {Uuid}
        Active:         yes
        Persistent:     yes
        Autostart:      no
        Bridge:         virbr7


        """);

    [Fact]
    public async Task A_network_without_a_bridge_has_no_such_line()
    {
        _network.Bridge = null;
        CommandLine.Outcome outcome = await _line.RunAsync("net-info", "tnet");
        Assert.Equal(0, outcome.Status);
        Assert.DoesNotContain("Bridge", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_looks_like_a_uuid_is_found()
    {
        _line.Daemon.Add("aaaaaaaa-2222-3333-4444-555555555555", Uuid.Replace('1', '9'));
        CommandLine.Outcome outcome = await _line.RunAsync("net-info", "aaaaaaaa-2222-3333-4444-555555555555");
        Assert.StartsWith("Name:           aaaaaaaa-", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_and_uuids_are_told_from_each_other()
    {
        (await _line.RunAsync("net-name", Uuid)).Is("tnet\n\n");
        (await _line.RunAsync("net-uuid", "tnet")).Is($"{Uuid}\n\n");
        (await _line.RunAsync("net-name", "tnet")).Fails("error: failed to get network 'tnet'\n");
        (await _line.RunAsync("net-uuid", Uuid)).Fails(
            $"error: failed to get network '{Uuid}'\n"
            + $"error: Network not found: no network with matching name '{Uuid}'\n");
    }

    [Fact]
    public async Task The_xml_is_printed_as_it_came()
    {
        _network.Xml = "<network>\n  <name>tnet</name>\n</network>\n";
        (await _line.RunAsync("net-dumpxml", "tnet")).Is(_network.Xml + "\n");
        (await _line.RunAsync("net-dumpxml", "tnet", "-o", "json")).Is(
            """{"version":1,"command":"net-dumpxml","result":{"xml":"<network>\n  <name>tnet</name>\n</network>\n"}}""" + "\n");
    }

    [Theory]
    [InlineData("//ip", "<ip address=\"10.0.0.1\">\n  <dhcp>\n    <range start=\"a\"/>\n  </dhcp>\n</ip>\n")]
    [InlineData("//ip/@address", " address=\"10.0.0.1\"\n")]
    [InlineData("//name/text()", "tnet\n")]
    [InlineData("//name|//ip/dhcp/range", "<name>tnet</name>\n<range start=\"a\"/>\n")]
    [InlineData("./name", "<name>tnet</name>\n")]
    [InlineData("//a:b", "<a:b c=\"&quot;&amp;\"/>\n")]
    [InlineData("//nothing", "")]
    public async Task Nodes_are_selected(string expression, string expected)
    {
        _network.Xml =
            """
            <network xmlns:a='urn:a'>
              <name>tnet</name>
              <ip address='10.0.0.1'>
                <dhcp>
                  <range start='a'/>
                </dhcp>
              </ip>
              <a:b c='"&amp;'/>
            </network>
            """;
        (await _line.RunAsync("net-dumpxml", "--xpath", expression, "tnet")).Is(expected + "\n");
    }

    [Fact]
    public async Task Selected_nodes_can_be_wrapped()
    {
        _network.Xml = "<network>\n  <ip address='1'/>\n  <ip address='2'>\n    <tftp/>\n  </ip>\n</network>\n";
        (await _line.RunAsync("net-dumpxml", "tnet", "--xpath", "//ip", "--wrap")).Is(
            "<nodes>\n  <ip address=\"1\"/>\n  <ip address=\"2\">\n    <tftp/>\n  </ip>\n</nodes>\n\n");
    }

    [Theory]
    [InlineData("count(//ip)")]
    [InlineData("//[")]
    public async Task An_expression_that_selects_no_nodes_is_refused(string expression) =>
        (await _line.RunAsync("net-dumpxml", "tnet", "--xpath", expression))
            .Fails($"error: internal error: Incorrect xpath '{expression}'\n");

    [Fact]
    public async Task Leases_are_shown_by_mac_in_local_time()
    {
        _line.Time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(1), "x", "x"));
        _network.Leases.Add(Lease("52:54:00:11:22:34", "192.168.77.111", 4_000_000_001));
        _network.Leases.Add(Lease("52:54:00:11:22:33", "192.168.77.110", 4_000_000_000) with
        {
            Hostname = "guest1",
            ClientId = "ff:00:11:22",
        });
        (await _line.RunAsync("net-dhcp-leases", "tnet")).Is(
            """
             Expiry Time           MAC address         Protocol   IP address          Hostname   Client ID or DUID
            --------------------------------------------------------------------------------------------------------
             2096-10-02 08:06:40   52:54:00:11:22:33   ipv4       192.168.77.110/24   guest1     ff:00:11:22
             2096-10-02 08:06:41   52:54:00:11:22:34   ipv4       192.168.77.111/24   -          -


            """);
    }

    [Fact]
    public async Task No_leases_are_an_empty_table() => (await _line.RunAsync("net-dhcp-leases", "tnet")).Is(
        """
         Expiry Time   MAC address   Protocol   IP address   Hostname   Client ID or DUID
        -----------------------------------------------------------------------------------


        """);

    [Fact]
    public async Task A_wrong_mac_is_the_servers_to_refuse() =>
        (await _line.RunAsync("net-dhcp-leases", "tnet", "--mac", "zz")).Fails(
            "error: Failed to get leases info for tnet\nerror: invalid MAC address: zz\n");

    [Fact]
    public async Task Leases_in_json_have_their_expiry_in_utc()
    {
        _network.Leases.Add(Lease("52:54:00:11:22:34", "192.168.77.111", 4_000_000_001));
        _network.Leases.Add(Lease("52:54:00:11:22:35", "192.168.77.112", 0));
        (await _line.RunAsync("net-dhcp-leases", "tnet", "-o", "json")).Is(
            """{"version":1,"command":"net-dhcp-leases","result":{"network":{"name":"tnet","uuid":"11111111-2222-3333-4444-555555555555"},"leases":["""
            + """{"expires":"2096-10-02T07:06:41+00:00","mac":"52:54:00:11:22:34","protocol":"ipv4","address":"192.168.77.111","prefix":24,"hostname":null,"clientId":null,"iaid":null,"interface":"virbr7","host":null},"""
            + """{"expires":null,"mac":"52:54:00:11:22:35","protocol":"ipv4","address":"192.168.77.112","prefix":24,"hostname":null,"clientId":null,"iaid":null,"interface":"virbr7","host":null}]}}"""
            + "\n");
    }

    private static DhcpLease Lease(string mac, string address, long expiry) =>
        new("virbr7", expiry, Type: 0, mac, Iaid: null, address, Prefix: 24, Hostname: null, ClientId: null);
}
