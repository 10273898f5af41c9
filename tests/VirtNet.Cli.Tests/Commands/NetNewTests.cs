using System.Text.RegularExpressions;
using VirtNet.Cli.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

public sealed partial class NetNewTests
{
    private readonly CommandLine _line = new();
    private readonly List<SubnetQuestion> _questions = [];

    public NetNewTests()
    {
        _line.Connector.FindSubnet = question =>
        {
            _questions.Add(question);
            return new SubnetAnswer(question.Ipv6 ? "fd11:2233:4455::/64" : "192.168.128.0/24", Owner: null, IsFirm: false);
        };
    }

    private FakeNetwork Made => Assert.Single(_line.Daemon.Networks);

    private NetworkDefinition Definition => NetworkXml.Parse(Made.Xml).Definition;

    [Fact]
    public async Task A_name_is_enough()
    {
        (await _line.RunAsync("net-new", "lab")).Is("Network lab defined with 192.168.128.0/24\n\n");
        Assert.Equal(
            """
            <network>
              <name>lab</name>
              <forward mode='nat'/>
              <bridge stp='on' delay='0'/>
              <ip address='192.168.128.1' prefix='24'>
                <dhcp>
                  <range start='192.168.128.2' end='192.168.128.254'/>
                </dhcp>
              </ip>
            </network>

            """,
            Made.Xml);
        Assert.Equal((false, false), (Made.Active, Made.Autostart));
        Assert.Equal([new SubnetQuestion(null, Ipv6: false, 0, Except: null, Hold: true)], _questions);
    }

    [Fact]
    public async Task It_is_started_and_marked_on_demand()
    {
        (await _line.RunAsync("net-new", "lab", "--start", "--autostart")).Is("Network lab started with 192.168.128.0/24\n\n");
        Assert.Equal((true, true), (Made.Active, Made.Autostart));
    }

    [Fact]
    public async Task All_that_is_said_is_in_it()
    {
        (await _line.RunAsync(
            "net-new dmz --mode route --subnet 10.9.0.254/24 --ipv6 auto --bridge vdmz --domain dmz.test --mtu 1400 --uplink eth1 --dhcp 10.9.0.10-10.9.0.99"))
            .Is("Network dmz defined with 10.9.0.0/24 and fd11:2233:4455::/64\n\n");
        Assert.Equal(
            """
            <network>
              <name>dmz</name>
              <forward dev='eth1' mode='route'>
                <interface dev='eth1'/>
              </forward>
              <bridge name='vdmz' stp='on' delay='0'/>
              <mtu size='1400'/>
              <domain name='dmz.test'/>
              <ip address='10.9.0.254' prefix='24'>
                <dhcp>
                  <range start='10.9.0.10' end='10.9.0.99'/>
                </dhcp>
              </ip>
              <ip family='ipv6' address='fd11:2233:4455::1' prefix='64'>
              </ip>
            </network>

            """,
            Made.Xml);
    }

    [Theory]
    [InlineData("--ipv6 auto", true)]
    [InlineData("--ipv6 2001:db8::/64", null)]
    [InlineData("--ipv6 auto --mode route", null)]
    public async Task Addresses_that_the_world_does_not_know_are_translated(string arguments, bool? translated)
    {
        await _line.RunAsync("net-new lab " + arguments);
        Assert.Equal(translated, Definition.Forward.Nat?.Ipv6);
    }

    [Theory]
    [InlineData("--subnet 10.9.0.0/24 --dhcp off", "10.9.0.1", null)]
    [InlineData("--subnet 10.9.0.254/24", "10.9.0.254", "10.9.0.1-10.9.0.253")]
    [InlineData("--subnet 10.9.0.7/24", "10.9.0.7", "10.9.0.1-10.9.0.254")]
    [InlineData("--subnet 10.9.0.0/30", "10.9.0.1", "10.9.0.2-10.9.0.2")]
    [InlineData("--subnet 10.9.0.0/16", "10.9.0.1", "10.9.0.2-10.9.255.254")]
    public async Task The_gateway_and_the_range_come_from_the_subnet(string arguments, string gateway, string? range)
    {
        await _line.RunAsync("net-new lab " + arguments);
        IpDefinition ip = Assert.Single(Definition.Ips);
        Assert.Equal(gateway, ip.Address.ToString());
        Assert.Equal(range, ip.Ranges.Select(each => $"{each.Start}-{each.End}").SingleOrDefault());
    }

    [Fact]
    public async Task A_size_may_be_asked_for()
    {
        await _line.RunAsync("net-new", "lab", "--subnet", "auto/26");
        Assert.Equal(26u, Assert.Single(_questions).PrefixLength);
    }

    [Theory]
    [InlineData("--mode bridge --bridge br0", "<bridge name='br0'/>")]
    [InlineData("--mode bridge --uplink eth0", "<interface dev='eth0'/>")]
    public async Task Guests_may_be_on_the_hosts_own_bridge(string arguments, string expected)
    {
        (await _line.RunAsync("net-new lan " + arguments)).Is("Network lan defined\n\n");
        Assert.Contains(expected, Made.Xml, StringComparison.Ordinal);
        Assert.DoesNotContain("<ip", Made.Xml, StringComparison.Ordinal);
        Assert.Empty(_questions);
    }

    [Fact]
    public async Task An_isolated_network_has_no_way_out()
    {
        await _line.RunAsync("net-new", "lab", "--mode", "isolated");
        Assert.DoesNotContain("forward", Made.Xml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_subnet_is_refused_with_its_owner_and_a_free_one()
    {
        _line.Connector.FindSubnet = question =>
        {
            Assert.Equal(("192.168.122.0/24", 24u, false), (question.Wanted, question.PrefixLength, question.Hold));
            return new SubnetAnswer("192.168.128.0/24", "network 'default' (192.168.122.0/24)", IsFirm: true);
        };
        (await _line.RunAsync("net-new", "lab", "--subnet", "192.168.122.0/24")).Fails(
            "error: Failed to define network lab: 192.168.122.0/24 is taken by network 'default' (192.168.122.0/24)\n"
            + "hint: 192.168.128.0/24 is free\n");
        Assert.Empty(_line.Daemon.Networks);
    }

    [Fact]
    public async Task What_may_be_used_some_day_is_warned_of()
    {
        _line.Connector.FindSubnet = _ => new SubnetAnswer("192.168.128.0/24", "Docker's address pool 172.17.0.0/16", IsFirm: false);
        (await _line.RunAsync("net-new", "lab", "--subnet", "172.17.9.0/24")).Is(
            "Network lab defined with 172.17.9.0/24\n\n",
            "warning: 172.17.9.0/24 is in Docker's address pool 172.17.0.0/16, which may be used some day\n");
    }

    [Fact]
    public async Task Where_nothing_is_free_nothing_is_made()
    {
        _line.Connector.FindSubnet = _ => new SubnetAnswer(null, null, IsFirm: false);
        (await _line.RunAsync("net-new", "lab")).Fails(
            "error: Failed to define network lab: no private subnet of that size is free on the daemon's host\n");
        Assert.Empty(_line.Daemon.Networks);
    }

    [Fact]
    public async Task A_stock_daemon_cannot_search()
    {
        _line.Connector.FindSubnet = new FakeConnector().FindSubnet;
        (await _line.RunAsync("net-new", "lab")).Fails(
            "error: Failed to define network lab\n"
            + "error: this function is not supported by the connection driver: virtnetFindSubnet\n"
            + "hint: this daemon cannot find a subnet: name one in the place of auto\n");
        (await _line.RunAsync("net-new", "lab", "--subnet", "10.9.0.0/24")).Is("Network lab defined with 10.9.0.0/24\n\n");
    }

    [Fact]
    public async Task A_start_that_fails_leaves_nothing()
    {
        _line.Daemon.StartRefusal = VirtNetException.Internal("no");
        (await _line.RunAsync("net-new", "lab", "--start", "--autostart")).Fails(
            "error: Failed to start network lab\nerror: internal error: no\n");
        Assert.Empty(_line.Daemon.Networks);
    }

    [Fact]
    public async Task It_can_be_only_printed()
    {
        CommandLine.Outcome outcome = await _line.RunAsync("net-new", "lab", "--print");
        Assert.Contains("<ip address='192.168.128.1' prefix='24'>", outcome.Output, StringComparison.Ordinal);
        Assert.Empty(_line.Daemon.Networks);
        Assert.False(Assert.Single(_questions).Hold);
    }

    [Theory]
    [InlineData("unknown mode 'bridged'\nhint: one of: nat, route, open, isolated, bridge", "--mode bridged")]
    [InlineData("with --mode bridge, either --bridge (a bridge of the host) or --uplink (a device) is required", "--mode bridge")]
    [InlineData("Option --subnet is not for --mode bridge: who serves the host's bridge serves its guests", "--mode bridge --bridge br0 --subnet auto")]
    [InlineData("Option --uplink is not for --mode isolated: its guests go nowhere", "--mode isolated --uplink eth0")]
    [InlineData("'192.168.1/24' is not an IPv4 subnet\nhint: for example 192.168.150.0/24, or auto for one that is free", "--subnet 192.168.1/24")]
    [InlineData("'10.0.0.0/31' is not an IPv4 subnet\nhint: for example 192.168.150.0/24, or auto for one that is free", "--subnet 10.0.0.0/31")]
    [InlineData("'10.0.0.0/24' is not an IPv6 subnet\nhint: for example fd00:1:2:3::/64, or auto for one that is free", "--ipv6 10.0.0.0/24")]
    [InlineData("'10.8.0.2-10.8.0.9' is not a range of addresses of 10.9.0.0/24\nhint: its addresses are 10.9.0.2-10.9.0.254", "--subnet 10.9.0.0/24 --dhcp 10.8.0.2-10.8.0.9")]
    [InlineData("'224.0.0.0/24' is no subnet of guests: 224.0.0.0/4 is for multicast", "--subnet 224.0.0.0/24")]
    [InlineData("'240.0.0.0/24' is no subnet of guests: 240.0.0.0/4 is reserved", "--subnet 240.0.0.0/24")]
    [InlineData("'127.5.0.0/24' is no subnet of guests: 127.0.0.0/8 is every host's own", "--subnet 127.5.0.0/24")]
    [InlineData("'ff02::/64' is no subnet of guests: ff00::/8 is for multicast", "--ipv6 ff02::/64")]
    [InlineData("Failed to define network lab: MTU 10 is not within 68 and 65535", "--mtu 10")]
    [InlineData("Failed to define network lab: MTU 1200 is too small for IPv6: at least 1280", "--mtu 1200 --ipv6 auto")]
    [InlineData("Failed to define network lab: an interface's name has at most 15 bytes, 'virbr-kubernetes' has 16", "--bridge virbr-kubernetes")]
    [InlineData("Failed to define network lab: 'bad_domain.' is no domain: labels of letters, digits and hyphens with dots between", "--domain bad_domain.")]
    [InlineData("Options --start and --print are mutually exclusive", "--start --print")]
    [InlineData("Numeric value '-1' for <mtu> option is malformed or out of range", "--mtu -1")]
    public async Task What_makes_no_network_is_refused(string message, string arguments)
    {
        (await _line.RunAsync("net-new lab " + arguments)).Fails($"error: {message}\n");
        Assert.Empty(_line.Daemon.Networks);
    }

    [Fact]
    public async Task A_document_tells_what_was_made()
    {
        string output = (await _line.RunAsync("net-new", "lab", "--start", "-o", "json")).Output;
        Assert.Equal(
            """
            {"version":1,"command":"net-new","result":{"name":"lab","uuid":"*","active":true,"autostart":false,"bridge":null,"subnet":"192.168.128.0/24","ipv6":null,"warnings":[]}}

            """,
            Uuid().Replace(output, "\"*\""));
    }

    [Fact]
    public async Task Modes_are_completed() =>
        (await _line.RunAsync("complete", "--", "net-new", "lab", "--mode", "")).Is("bridge\nisolated\nnat\nopen\nroute\n");

    [GeneratedRegex("\"[0-9a-f]{8}-[0-9a-f-]{27}\"")]
    private static partial Regex Uuid();
}
