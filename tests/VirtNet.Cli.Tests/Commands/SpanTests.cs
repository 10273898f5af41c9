using VirtNet.Cli.Bridges;
using VirtNet.Cli.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

/// <summary>net-where, net-span, and the hosts of net-dhcp-leases.</summary>
public sealed class SpanTests
{
    private readonly CommandLine _line = new();
    private readonly FakeNetwork _network;
    private readonly DhcpLease _web = new("virbr0", 0, 0, "52:54:00:00:00:01", null, "10.100.0.20", 24, "web", null);
    private readonly DhcpLease _db = new("virbr0", 0, 0, "52:54:00:00:00:02", null, "10.100.0.40", 24, "db", null);

    public SpanTests()
    {
        _network = _line.Daemon.Add("lab", "11111111-2222-3333-4444-555555555555", active: true);
        _network.Bridge = "virbr0";
        _network.Leases.AddRange([_web, _db]);
        _line.BridgePorts.Add(new PluggedDevice("vnet0", "fe:54:00:00:00:01"));
        _line.BridgePorts.Add(new PluggedDevice("vnet1", "fe:54:00:00:00:03") { Heard = ["52:54:00:00:00:03"] });
    }

    [Theory]
    [InlineData("52:54:00:00:00:02")]
    [InlineData("10.100.0.40")]
    [InlineData("DB.lab.test")]
    public async Task A_guest_of_another_host_is_found_by_whatever_is_known_of_it(string guest)
    {
        Share();
        (await _line.RunAsync("net-where", guest)).Is(
            """
             Network   Host   MAC address         IP address    Name   Device   Port   By
            --------------------------------------------------------------------------------------------------
             lab       h2     52:54:00:00:00:02   10.100.0.40   db     -        -      lease of another host


            """);
    }

    [Fact]
    public async Task A_host_without_a_fabric_finds_its_own_guests_and_those_that_only_frames_tell_of()
    {
        _line.Connector.KnowsConditions = false; // a stock libvirt
        (await _line.RunAsync("net-where", "web", "--columns", "network,host,device,by")).Is(
            """
             Network   Host   Device   By
            ----------------------------------
             lab       -      vnet0    lease


            """);
        (await _line.RunAsync("net-where", "52:54:00:00:00:03", "--columns", "device,by")).Is(
            """
             Device   By
            ------------------
             vnet1    bridge


            """);
        Assert.Equal(1, (await _line.RunAsync("net-where", "nobody")).Status);
    }

    [Fact]
    public async Task Leases_name_their_hosts_in_documents_and_where_it_is_asked_for()
    {
        Share();
        Assert.Contains("\"host\":\"h2\"", (await _line.RunAsync("net-dhcp-leases", "lab", "-o", "json")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Host ", (await _line.RunAsync("net-dhcp-leases", "lab")).Output, StringComparison.Ordinal);
        Assert.Contains("h1", (await _line.RunAsync("net-dhcp-leases", "lab", "--details")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hosts_of_a_network_are_those_of_its_definition_and_the_fabric_knows_more()
    {
        Assert.Contains("is this host's alone", (await _line.RunAsync("net-span", "lab")).Error, StringComparison.Ordinal);
        _network.Xml =
            """
            <network><name>lab</name><uuid>11111111-2222-3333-4444-555555555555</uuid><bridge name='virbr0'/>
            <metadata><vn:network xmlns:vn='urn:virtnet:network:1'><vn:span vni='77'><vn:host address='192.0.2.1'/><vn:host address='192.0.2.2'/></vn:span></vn:network></metadata>
            <ip address='10.100.0.1' prefix='24'/></network>
            """;
        string alone = (await _line.RunAsync("net-span", "lab", "-o", "json")).Output;
        Assert.Contains("\"vni\":77,\"thisHost\":null,\"hosts\":[{\"address\":\"192.0.2.1\",\"name\":null", alone, StringComparison.Ordinal);

        Share();
        _line.FabricAnswer =
            """
            {"version":1,"command":"fabric span","result":{"name":"lab","uuid":"11111111-2222-3333-4444-555555555555","vni":77,
            "members":[{"name":"h2","address":"192.0.2.2","state":"down","guests":1}],
            "blocks":[{"first":"10.100.0.32","last":"10.100.0.47","host":"h2","size":16,"used":1}]}}
            """;
        string text = (await _line.RunAsync("net-span", "lab")).Output;
        Assert.Contains(" h2     192.0.2.2   down    1", text, StringComparison.Ordinal);
        Assert.Contains(" 10.100.0.32-10.100.0.47   h2     1 of 16", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_that_waits_for_its_number_says_so()
    {
        _network.Xml =
            """
            <network><name>lab</name><uuid>11111111-2222-3333-4444-555555555555</uuid><bridge name='virbr0'/>
            <metadata><vn:network xmlns:vn='urn:virtnet:network:1'><vn:span/></vn:network></metadata><ip address='10.100.0.1' prefix='24'/></network>
            """;
        Assert.Contains("VNI:     none yet\n", (await _line.RunAsync("net-span", "lab")).Output, StringComparison.Ordinal);
        Assert.Contains("\"vni\":null", (await _line.RunAsync("net-span", "lab", "-o", "json")).Output, StringComparison.Ordinal);
    }

    private void Share() => _line.Connector.SharedLeases = new SharedLeases("h1", [new SharedLease(_web, Host: null), new SharedLease(_db, "h2")]);
}
