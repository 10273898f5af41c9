using VirtNet.Cli.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

public sealed class NetReserveTests
{
    private const string Mac = "52:54:00:00:00:01";
    private const uint Live = 1;
    private const uint Config = 2;

    private static readonly DhcpLease Lease = new("virbr7", 1_800_000_000, 0, Mac, null, "10.7.0.7", 24, "web", null);

    private readonly CommandLine _line = new();
    private readonly FakeNetwork _network;

    public NetReserveTests()
    {
        _network = _line.Daemon.Add("lab", "11111111-2222-3333-4444-555555555555", active: true);
        Reserved("<host mac='52:54:00:00:00:02' name='db' ip='10.7.0.2'/>");
    }

    private void Reserved(string hosts) => _network.Xml = XmlWith(hosts);

    private static string XmlWith(string hosts) =>
        $"<network><name>lab</name><ip family='ipv6' address='fd00:7::1' prefix='64'/><ip address='10.7.0.1' prefix='24'><dhcp>"
        + $"<range start='10.7.0.1' end='10.7.0.254'/>{hosts}</dhcp></ip></network>";

    private static NetworkUpdateRequest Request(uint command, string xml, uint flags = Live | Config) => new(command, 4, 1, xml, flags);

    [Theory]
    [InlineData("web", "<host mac=\"52:54:00:00:00:01\" name=\"web\" ip=\"10.7.0.7\" />")]
    [InlineData(Mac, "<host mac=\"52:54:00:00:00:01\" ip=\"10.7.0.7\" />")]
    [InlineData("web --keep-current --name front", "<host mac=\"52:54:00:00:00:01\" name=\"front\" ip=\"10.7.0.7\" />")]
    public async Task A_guest_keeps_what_it_has(string arguments, string host)
    {
        _network.Leases.Add(Lease);
        (await _line.RunAsync("net-reserve lab " + arguments)).Is("Address 10.7.0.7 reserved for 52:54:00:00:00:01 on network lab\n\n");
        Assert.Equal([Request(3, host)], _network.Updates);
    }

    [Fact]
    public async Task One_without_an_address_gets_a_free_one()
    {
        _network.Leases.Add(Lease with { Mac = "52:54:00:00:00:03", IpAddress = "10.7.0.3", Hostname = null });
        (await _line.RunAsync("net-reserve", "lab", Mac)).Is("Address 10.7.0.4 reserved for 52:54:00:00:00:01 on network lab\n\n");
    }

    [Fact]
    public async Task An_address_may_be_chosen_and_what_it_means_is_said()
    {
        _network.Leases.Add(Lease);
        _network.Leases.Add(Lease with { Mac = "52:54:00:00:00:03", IpAddress = "10.7.0.9", Hostname = null });
        _line.Interactive = true;
        (await _line.RunAsync("net-reserve", "lab", "web", "10.7.0.9")).Is(
            "Address 10.7.0.9 reserved for 52:54:00:00:00:01 on network lab\n\n",
            "warning: 52:54:00:00:00:01 has 10.7.0.7 until it renews that, or asks anew\n"
            + "warning: 10.7.0.9 is lent to 52:54:00:00:00:03, which gives it up at its next renewal; net-release-lease frees it now\n");
    }

    [Fact]
    public async Task A_reservation_is_changed_and_keeps_what_else_it_says()
    {
        Reserved("<host mac='52:54:0:0:0:1' name='web' ip='10.7.0.7'><lease expiry='5'/></host>");
        await _line.RunAsync("net-reserve", "lab", "web", "10.7.0.8");
        Assert.Equal([Request(1, "<host mac=\"52:54:0:0:0:1\" name=\"web\" ip=\"10.7.0.8\"><lease expiry=\"5\" /></host>")], _network.Updates);
    }

    [Fact]
    public async Task What_is_reserved_already_is_left_alone()
    {
        Reserved($"<host mac='{Mac}' name='web' ip='10.7.0.7'/>");
        (await _line.RunAsync("net-reserve", "lab", "web")).Is("Address 10.7.0.7 reserved for 52:54:00:00:00:01 on network lab\n\n");
        Assert.Empty(_network.Updates);
    }

    [Fact]
    public async Task What_only_the_definition_reserves_counts_as_well()
    {
        _network.InactiveXml = XmlWith($"<host mac='{Mac}' name='web' ip='10.7.0.50'/><host mac='52:54:00:00:00:03' ip='10.7.0.3'/>");
        (await _line.RunAsync("net-reserve", "lab", Mac)).Is("Address 10.7.0.50 reserved for 52:54:00:00:00:01 on network lab\n\n");
        Assert.Equal([Request(3, $"<host mac=\"{Mac}\" name=\"web\" ip=\"10.7.0.50\" />", Live)], _network.Updates);
        (await _line.RunAsync("net-reserve", "lab", "52:54:00:00:00:04")).Is(
            "Address 10.7.0.4 reserved for 52:54:00:00:00:04 on network lab\n\n");
    }

    [Fact]
    public async Task Only_the_definition_of_a_network_that_does_not_run_changes()
    {
        _network.Active = false;
        await _line.RunAsync("net-reserve", "lab", Mac, "10.7.0.8");
        Assert.Equal(Config, Assert.Single(_network.Updates).Flags);
        _network.Updates.Clear();
        (_network.Active, _network.Persistent) = (true, false);
        await _line.RunAsync("net-reserve", "lab", Mac, "10.7.0.8");
        Assert.Equal(Live, Assert.Single(_network.Updates).Flags);
    }

    [Fact]
    public async Task With_now_the_guest_asks_again_at_once()
    {
        _network.Leases.Add(Lease);
        _line.Interactive = true;
        (await _line.RunAsync("net-reserve", "lab", "web", "10.7.0.9", "--now")).Is("Address 10.7.0.9 reserved for 52:54:00:00:00:01 on network lab\n\n");
        Assert.Equal([Mac], _line.Connector.Reconnected);
    }

    [Fact]
    public async Task What_cannot_be_done_now_is_said_and_the_reservation_holds()
    {
        _line.Connector.ReconnectRefusal = VirtNetException.OperationInvalid("no port of network 'lab' knows it");
        (await _line.RunAsync("net-reserve", "lab", Mac, "10.7.0.9", "--now")).Fails(
            "error: 10.7.0.9 is reserved for 52:54:00:00:00:01 on network lab, but its carrier could not be taken away\n"
            + "error: Requested operation is not valid: no port of network 'lab' knows it\n");
        Assert.Single(_network.Updates);
        _line.Connector.ReconnectRefusal = VirtNetException.OperationUnsupported("vnet0 is a tap");
        Assert.Contains("no port of the network says which guest it is", (await _line.RunAsync("net-reserve", "lab", Mac, "10.7.0.9", "--now")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cable_of_a_machine_is_pulled_by_its_hypervisor()
    {
        _line.Connector.ReconnectRefusal = VirtNetException.OperationUnsupported("vnet0 is a tap");
        _line.Virsh.Live = "<domain/>";
        _network.Ports.Add(Guid.NewGuid(), $"<networkport><owner><name>{FakeVirsh.Domain}</name></owner><mac address='{Mac}'/></networkport>");
        Task<CommandLine.Outcome> running = _line.RunAsync("net-reserve", "lab", Mac, "10.7.0.9", "--now");
        _line.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, (await running).Status);
        Assert.Equal(
            [$"domif-setlink --domain g1 --interface {Mac} --state down", $"domif-setlink --domain g1 --interface {Mac} --state up"],
            _line.Virsh.Changes);
    }

    [Fact]
    public async Task A_reservation_is_taken_back()
    {
        (await _line.RunAsync("net-reserve", "lab", "db", "--remove")).Is(
            "Reservation of 10.7.0.2 for 52:54:00:00:00:02 removed from network lab\n\n");
        Assert.Equal([Request(2, "<host mac=\"52:54:00:00:00:02\" name=\"db\" ip=\"10.7.0.2\" />")], _network.Updates);
    }

    [Theory]
    [InlineData("no guest 'nobody' is known on network lab\nhint: name it by its MAC address", "nobody")]
    [InlineData("several guests call themselves 'twin' on network lab\nhint: name one by its MAC address: 52:54:00:00:00:05, 52:54:00:00:00:06", "twin")]
    [InlineData("10.7.0.2 is reserved for 52:54:00:00:00:02", Mac + " 10.7.0.2")]
    [InlineData("the name 'db' is reserved for 52:54:00:00:00:02", Mac + " --name db")]
    [InlineData("10.7.0.1 is no address that a guest can have: the network is 10.7.0.0/24, and 10.7.0.1 is its own", Mac + " 10.7.0.1")]
    [InlineData("10.7.0.255 is no address that a guest can have: the network is 10.7.0.0/24, and 10.7.0.1 is its own", Mac + " 10.7.0.255")]
    [InlineData("10.8.0.5 is no address that a guest can have: the network is 10.7.0.0/24, and 10.7.0.1 is its own", Mac + " 10.8.0.5")]
    [InlineData("'a_b' is no host's name: labels of letters, digits and hyphens with dots between", Mac + " --name a_b")]
    [InlineData("'10.5' is not an IPv4 address", Mac + " 10.5")]
    [InlineData(Mac + " has no address that could be kept", Mac + " --keep-current")]
    [InlineData("network lab has no reservation for 52:54:00:00:00:01", Mac + " --remove")]
    [InlineData("Options --address and --keep-current are mutually exclusive", Mac + " 10.7.0.5 --keep-current")]
    [InlineData("Options --name and --remove are mutually exclusive", Mac + " --name a --remove")]
    public async Task What_cannot_be_reserved_is_refused(string message, string arguments)
    {
        _network.Leases.Add(Lease with { Mac = "52:54:00:00:00:05", IpAddress = "10.7.0.5", Hostname = "twin" });
        _network.Leases.Add(Lease with { Mac = "52:54:00:00:00:06", IpAddress = "10.7.0.6", Hostname = "twin" });
        (await _line.RunAsync("net-reserve lab " + arguments)).Fails($"error: {message}\n");
        Assert.Empty(_network.Updates);
    }

    [Fact]
    public async Task A_full_subnet_is_said()
    {
        _network.Xml = "<network><name>lab</name><ip address='10.7.0.1' prefix='30'/></network>";
        _network.Leases.Add(Lease with { Mac = "52:54:00:00:00:05", IpAddress = "10.7.0.2" });
        (await _line.RunAsync("net-reserve", "lab", Mac)).Fails("error: no address of 10.7.0.0/30 is free\n");
    }

    [Fact]
    public async Task A_document_tells_what_holds_where()
    {
        _network.Leases.Add(Lease);
        (await _line.RunAsync("net-reserve", "lab", "web", "10.7.0.8", "-o", "json")).Is(
            """
            {"version":1,"command":"net-reserve","result":{"network":{"name":"lab","uuid":"11111111-2222-3333-4444-555555555555"},"mac":"52:54:00:00:00:01","address":"10.7.0.8","name":"web","current":"10.7.0.7","live":true,"config":true,"removed":false},"hints":["52:54:00:00:00:01 has 10.7.0.7 until it renews that, or asks anew"]}

            """);
    }
}
