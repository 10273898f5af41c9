using VirtNet.Cli.Properties;
using VirtNet.Cli.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Model.Differences;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

public sealed class NetSetTests
{
    private const string Xml =
        """
        <network connections='1'>
          <name>lab</name>
          <uuid>11111111-2222-3333-4444-555555555555</uuid>
          <metadata><my:tag xmlns:my='urn:my'>kept</my:tag></metadata>
          <forward dev='eth0' mode='nat'><nat ipv6='yes'/><interface dev='eth0'/></forward>
          <bridge name='virbr7' stp='on' delay='0'/>
          <domain name='lab.test' localOnly='yes'/>
          <dns><forwarder domain='x.test' addr='10.0.0.9'/><forwarder addr='10.7.0.53'/><host ip='10.7.0.9'><hostname>a</hostname></host></dns>
          <ip address='10.7.0.1' netmask='255.255.255.0'>
            <dhcp>
              <range start='10.7.0.2' end='10.7.0.254'><lease expiry='2' unit='hours'/></range>
              <host mac='52:54:00:00:00:01' name='web' ip='10.7.0.10'/>
            </dhcp>
          </ip>
          <ip family='ipv6' address='fd00:7::1' prefix='64'/>
          <route address='10.200.0.0' prefix='16' gateway='10.7.0.9'/>
        </network>
        """;

    private readonly CommandLine _line = new();
    private readonly FakeNetwork _network;
    private readonly List<KeyValuePair<string, RedefineFlags>> _redefinitions = [];

    public NetSetTests()
    {
        _network = _line.Daemon.Add("lab", "11111111-2222-3333-4444-555555555555");
        _network.Xml = Xml;
        _line.Connector.Redefine = (xml, flags) => RedefineAsync(xml, flags, ChangeEffect.Applied);
    }

    private NetworkDefinition Definition => NetworkXml.Parse(_line.Daemon.Networks.Single().Xml).Definition;

    private Task<Redefinition> RedefineAsync(string xml, RedefineFlags flags, params ChangeEffect[] effects)
    {
        _redefinitions.Add(new(xml, flags));
        bool done = !flags.HasFlag(RedefineFlags.DryRun) && (flags.HasFlag(RedefineFlags.Partial) || !effects.Contains(ChangeEffect.NeedsRestart));
        return Task.FromResult(new Redefinition(
            _network.Ref, done, [.. effects.Select(effect => new RedefinedItem("domain", "lab.test", "new.test", effect))]));
    }

    [Theory]
    [InlineData("mode", "nat")]
    [InlineData("uplink", "eth0")]
    [InlineData("subnet", "10.7.0.0/24")]
    [InlineData("gateway", "10.7.0.1")]
    [InlineData("ipv6.subnet", "fd00:7::/64")]
    [InlineData("dhcp.range", "10.7.0.2-10.7.0.254")]
    [InlineData("dhcp.lease-time", "2h")]
    [InlineData("domain", "lab.test")]
    [InlineData("domain.local-only", "yes")]
    [InlineData("dns.forwarder", "10.7.0.53")]
    [InlineData("nat.ipv6", "yes")]
    [InlineData("mtu", "")]
    [InlineData("bandwidth.inbound.peak", "")]
    public async Task A_value_is_printed(string key, string value) => (await _line.RunAsync("net-get", "lab", key)).Is($"{value}\n\n");

    [Fact]
    public async Task What_a_definition_says_is_listed() => (await _line.RunAsync("net-get", "lab", "--no-header")).Is(
        """
         mode                nat
         uplink              eth0
         subnet              10.7.0.0/24
         gateway             10.7.0.1
         ipv6.subnet         fd00:7::/64
         ipv6.gateway        fd00:7::1
         dhcp.range          10.7.0.2-10.7.0.254
         dhcp.lease-time     2h
         domain              lab.test
         domain.local-only   yes
         dns.forwarder       10.7.0.53
         nat.ipv6            yes
         bridge              virbr7
         bridge.stp          on
         bridge.delay        0


        """);

    [Fact]
    public async Task Without_a_network_all_properties_are_explained()
    {
        CommandLine.Outcome outcome = await _line.RunAsync("net-get");
        Assert.All(NetworkProperties.All, property => Assert.Contains($" {property.Key} ", outcome.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Documents_have_keys_and_values()
    {
        (await _line.RunAsync("net-get", "lab", "mtu", "-o", "json")).Is(
            """
            {"version":1,"command":"net-get","result":{"network":{"name":"lab","uuid":"11111111-2222-3333-4444-555555555555"},"key":"mtu","value":null}}

            """);
        Assert.Contains("""{"key":"domain","value":"lab.test"}""", (await _line.RunAsync("net-get", "lab", "-o", "json")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("title=T", "title", "T")]
    [InlineData("mtu=1400", "mtu", "1400")]
    [InlineData("mode=route", "mode", "route")]
    [InlineData("mode=isolated", "mode", "isolated")]
    [InlineData("uplink=eth1", "uplink", "eth1")]
    [InlineData("bridge=vbr9", "bridge", "vbr9")]
    [InlineData("bridge.stp=off", "bridge.stp", "off")]
    [InlineData("mac=52:54:00:00:00:07", "mac", "52:54:00:00:00:07")]
    [InlineData("domain=a=b", "domain", "a=b")]
    [InlineData("dns=yes", "dns", "yes")]
    [InlineData("dns.forwarder=1.1.1.1,9.9.9.9", "dns.forwarder", "1.1.1.1,9.9.9.9")]
    [InlineData("dhcp.range=10.7.0.20-10.7.0.30,10.7.0.40-10.7.0.50", "dhcp.range", "10.7.0.20-10.7.0.30,10.7.0.40-10.7.0.50")]
    [InlineData("dhcp.range=10.7.0.20-10.7.0.30", "dhcp.lease-time", "2h")]
    [InlineData("dhcp.lease-time=infinite", "dhcp.lease-time", "infinite")]
    [InlineData("dhcp.lease-time=90m", "dhcp.lease-time", "90m")]
    [InlineData("dhcp6.range=fd00:7::10-fd00:7::20", "dhcp6.range", "fd00:7::10-fd00:7::20")]
    [InlineData("bandwidth.inbound.average=12500", "bandwidth.inbound.average", "12500")]
    [InlineData("nat.addresses=203.0.113.5", "nat.addresses", "203.0.113.5-203.0.113.5")]
    [InlineData("nat.ports=2000-3000", "nat.ports", "2000-3000")]
    [InlineData("port.isolated=yes", "port.isolated", "yes")]
    [InlineData("gateway=10.7.0.254", "gateway", "10.7.0.254")]
    [InlineData("tftp.root=/srv/tftp", "tftp.root", "/srv/tftp")]
    [InlineData("boot.file=pxe.0", "boot.file", "pxe.0")]
    public async Task A_value_is_set_and_the_rest_stays(string assignment, string key, string value)
    {
        (await _line.RunAsync("net-set", "lab", assignment)).Is("Network lab changed\n\n");
        (await _line.RunAsync("net-get", "lab", key)).Is($"{value}\n\n");
        NetworkDefinition definition = Definition; // the daemon can read it
        Assert.Contains("kept", _line.Daemon.Networks.Single().Xml, StringComparison.Ordinal);
        Assert.Equal("lab", definition.Name);
    }

    [Fact]
    public async Task Metadata_keeps_its_blanks()
    {
        const string Separator = "<app:sep xmlns:app=\"urn:app\"> </app:sep>";
        _network.Xml = Xml.Replace("<metadata>", "<metadata>" + Separator, StringComparison.Ordinal);
        await _line.RunAsync("net-set", "lab", "title=T");
        Assert.Contains(Separator, _line.Daemon.Networks.Single().Xml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_property_can_be_removed_or_says_why_not()
    {
        _network.Xml = Xml.Replace("<route address='10.200.0.0' prefix='16' gateway='10.7.0.9'/>", "", StringComparison.Ordinal);
        foreach (NetworkProperty property in NetworkProperties.All)
        {
            bool isThere = property.Get(System.Xml.Linq.XElement.Parse(_line.Daemon.Networks.Single().Xml)) is not (null or "isolated");
            CommandLine.Outcome outcome = await _line.RunAsync("net-unset", "lab", property.Key);
            if (property is GatewayProperty)
            {
                Assert.StartsWith($"error: {property.Key} cannot be without a value\n", outcome.Error, StringComparison.Ordinal);
                continue;
            }

            outcome.Is(isThere ? "Network lab changed\n\n" : "Network lab is so already\n\n");
            (await _line.RunAsync("net-get", "lab", property.Key)).Is(property.Key == "mode" ? "isolated\n\n" : "\n\n");
        }

        Assert.Equal(new NetworkDefinition { Name = "lab", Uuid = _network.Ref.Uuid }, Definition with { Metadata = null, Dns = null });
    }

    [Fact]
    public async Task Another_subnet_takes_along_what_lies_inside()
    {
        _line.Connector.FindSubnet = question =>
        {
            Assert.Equal((_network.Ref, "10.9.4.0/22"), (question.Except, question.Wanted));
            return new SubnetAnswer("192.168.128.0/22", null, IsFirm: false);
        };
        await _line.RunAsync("net-set", "lab", "subnet=10.9.4.0/22");
        IpDefinition ip = Definition.Ips[0];
        Assert.Equal(("10.9.4.1", 22u, null), (ip.Address.ToString(), ip.Prefix, ip.Netmask));
        Assert.Equal(("10.9.4.2", "10.9.7.254"), (ip.Ranges[0].Start.ToString(), ip.Ranges[0].End.ToString()));
        Assert.Equal("10.9.4.10", ip.Hosts[0].Address!.ToString());
        Assert.Equal("10.9.4.9", Definition.Dns!.Hosts[0].Address.ToString());
        Assert.Equal(["10.0.0.9", "10.9.4.53"], Definition.Dns.Forwarders.Select(forwarder => forwarder.Address!.ToString()));
        Assert.Equal("10.9.4.9", Definition.Routes[0].Gateway.ToString());
        Assert.Equal("fd00:7::1", Definition.Ips[1].Address.ToString());
    }

    [Fact]
    public async Task What_has_no_place_in_another_subnet_is_said()
    {
        (await _line.RunAsync("net-set", "lab", "subnet=10.9.4.0/28")).Fails(
            "error: 10.7.0.53 has no place in 10.9.4.0/28\nhint: it is in <forwarder addr=>\n");
        Assert.Equal(Xml, _network.Xml);
    }

    [Theory]
    [InlineData("unknown property 'mtuu'\nhint: did you mean 'mtu'?", "mtuu=1400")]
    [InlineData("unknown property 'nothing-like-it'\nhint: net-get lists all", "nothing-like-it=1")]
    [InlineData("'mtu' has no value\nhint: write mtu=VALUE, or use net-unset", "mtu")]
    [InlineData("'mtu' has no value\nhint: net-unset removes it", "mtu=")]
    [InlineData("'perhaps' is no value of dns\nhint: one of: yes, no", "dns=perhaps")]
    [InlineData("'10.7.0.1' is not a range\nhint: dhcp.range is written FIRST-LAST, several are joined by commas", "dhcp.range=10.7.0.1")]
    [InlineData("'12' is not a lease time\nhint: for example 90s, 30m, 12h or infinite", "dhcp.lease-time=12")]
    [InlineData("'a' is no address of a name server\nhint: several are joined by commas", "dns.forwarder=a")]
    [InlineData("'10.8.0.1' is no address of 10.7.0.0/24", "gateway=10.8.0.1")]
    public async Task A_wrong_value_is_refused(string message, string assignment)
    {
        (await _line.RunAsync("net-set", "lab", "title=first", assignment)).Fails($"error: {message}\n");
        Assert.Equal(Xml, _network.Xml);
    }

    [Theory]
    [InlineData("nat.ipv6=no")]
    [InlineData("nat.addresses=192.0.2.1-192.0.2.9")]
    [InlineData("nat.ports=2000-3000")]
    [InlineData("uplink=eth0")]
    public async Task An_isolated_network_stays_isolated_until_its_mode_is_set(string assignment)
    {
        const string Isolated = "<network><name>lab</name><ip address='10.7.0.1' prefix='24'/></network>";
        _network.Xml = Isolated;
        (await _line.RunAsync("net-set", "lab", assignment)).Fails("error: the network is isolated\nhint: set mode first\n");
        Assert.Equal(Isolated, _network.Xml);
        (await _line.RunAsync("net-set", "lab", "mode=nat", assignment)).Is("Network lab changed\n\n");
        Assert.Equal(ForwardMode.Nat, Definition.Forward.Mode);
    }

    [Fact]
    public async Task An_active_network_changes_at_once_and_so_does_its_definition()
    {
        _network.Active = true;
        (await _line.RunAsync("net-set", "lab", "domain=new.test")).Is(
            " ~ domain lab.test -> new.test: applied\nNetwork lab changed\n\n");
        Assert.Equal("new.test", Definition.Domain?.Name);
        Assert.Equal(
            [RedefineFlags.LiveOnly | RedefineFlags.DryRun, RedefineFlags.LiveOnly | RedefineFlags.Partial],
            _redefinitions.Select(each => each.Value));
        Assert.Contains("new.test", _redefinitions[1].Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_will_keep_the_network_from_its_next_start_is_said()
    {
        _line.Connector.Warnings = ["the network will not start: MTU 70000 is not within 68 and 65535"];
        (await _line.RunAsync("net-set", "lab", "mtu=70000")).Is(
            "Network lab changed\n\n", "warning: the network will not start: MTU 70000 is not within 68 and 65535\n");
        Assert.Contains(
            "\"warnings\":[\"the network will not start: MTU 70000",
            (await _line.RunAsync("net-set", "lab", "mtu=70001", "-o", "json")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_the_next_start_is_said()
    {
        _network.Active = true;
        _line.Connector.Redefine = (xml, flags) => RedefineAsync(xml, flags, ChangeEffect.NeedsRestart);
        (await _line.RunAsync("net-set", "lab", "domain=new.test")).Is(
            " ~ domain lab.test -> new.test: needs restart\nNetwork lab changed\n\n");
        Assert.Equal("new.test", Definition.Domain?.Name);
        Assert.Single(_redefinitions); // nothing to do now
    }

    [Fact]
    public async Task What_is_made_up_anew_for_the_next_start_is_said()
    {
        _network.Active = true;
        _line.Connector.Redefine = (xml, flags) => RedefineAsync(xml, flags); // the daemon keeps what runs as it is
        (await _line.RunAsync("net-unset", "lab", "bridge")).Is(" - bridge-name virbr7: needs restart\nNetwork lab changed\n\n");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_so_already_is_not_called_changed(bool active)
    {
        _network.Active = active;
        _line.Connector.Redefine = (xml, flags) => RedefineAsync(xml, flags);
        (await _line.RunAsync("net-set", "lab", "domain=lab.test")).Is("Network lab is so already\n\n");
        Assert.Contains("\"changed\":false", (await _line.RunAsync("net-set", "lab", "domain=lab.test", "-o", "json")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "--live")]
    [InlineData(false, "")] // a transient network has no next start
    public async Task Where_nothing_may_wait_it_is_refused(bool persistent, string option)
    {
        _network.Active = true;
        _network.Persistent = persistent;
        _line.Connector.Redefine = (xml, flags) => RedefineAsync(xml, flags, ChangeEffect.Applied, ChangeEffect.NeedsRestart);
        (await _line.RunAsync($"net-set lab domain=new.test {option}")).Fails(
            "error: Failed to change network lab\n"
            + "error: Operation not supported: network 'lab' cannot change so while it is active; nothing was changed\n"
            + "hint: domain lab.test -> new.test: needs restart\n"
            + "hint: without --live it is in force from the next start on\n");
        Assert.Equal(Xml, _network.Xml);
    }

    [Fact]
    public async Task Nothing_changes_by_half_where_a_guest_comes_in_between()
    {
        _network.Active = true;
        _line.Connector.Redefine = (xml, flags) => flags.HasFlag(RedefineFlags.DryRun)
            ? RedefineAsync(xml, flags, ChangeEffect.Applied)
            : RedefineAsync(xml, flags, ChangeEffect.Applied, ChangeEffect.NeedsRestart);
        CommandLine.Outcome outcome = await _line.RunAsync("net-set", "lab", "domain=new.test", "--live", "--config");
        Assert.Equal(1, outcome.Status);
        Assert.Contains("nothing was changed\n", outcome.Error, StringComparison.Ordinal);
        Assert.Equal([RedefineFlags.LiveOnly], _redefinitions.Select(each => each.Value));
        Assert.Equal(Xml, _network.Xml);
    }

    [Fact]
    public async Task Only_what_runs_or_only_the_definition_changes_on_demand()
    {
        _network.Active = true;
        await _line.RunAsync("net-set", "lab", "domain=new.test", "--live");
        Assert.Equal(Xml, _network.Xml);
        _redefinitions.Clear();
        await _line.RunAsync("net-set", "lab", "domain=new.test", "--config");
        Assert.Empty(_redefinitions);
        Assert.Equal("new.test", Definition.Domain?.Name);
    }

    [Fact]
    public async Task A_definition_that_is_refused_takes_the_live_change_back()
    {
        _network.Active = true;
        _line.Daemon.Refusal = VirtNetException.Internal("disk full");
        (await _line.RunAsync("net-set", "lab", "domain=new.test")).Fails(
            "error: Failed to change network lab\nerror: internal error: disk full\n");
        Assert.Equal(Xml, _redefinitions[^1].Key);
    }

    [Fact]
    public async Task A_stock_daemon_changes_the_definition()
    {
        _network.Active = true;
        _line.Connector.Redefine = (_, _) => Task.FromException<Redefinition>(new VirtNetException(VirErrorCode.NoSupport, "not here"));
        (await _line.RunAsync("net-set", "lab", "domain=new.test")).Is(
            "Network lab changed\n\n", "hint: this daemon cannot change a running network: the change waits for its next start\n");
        _line.Daemon.Networks.Single().Active = true;
        (await _line.RunAsync("net-set", "lab", "domain=new.test", "--live")).Fails("error: Failed to change network lab\nerror: not here\n");
    }

    [Fact]
    public async Task An_inactive_network_has_no_live_properties()
    {
        (await _line.RunAsync("net-set", "lab", "domain=new.test", "--live")).Fails(
            "error: Failed to change network lab\nerror: Requested operation is not valid: network 'lab' is not active\n");
        (await _line.RunAsync("net-get", "lab", "domain", "--live")).Fails("error: Requested operation is not valid: network 'lab' is not active\n");
    }

    [Fact]
    public async Task Keys_and_values_are_completed()
    {
        (await _line.RunAsync("complete", "--", "net-set", "lab", "bridge.s")).Is("bridge.stp=\n");
        (await _line.RunAsync("complete", "--", "net-set", "lab", "bridge.stp=")).Is("bridge.stp=off\nbridge.stp=on\n");
        (await _line.RunAsync("complete", "--", "net-get", "lab", "bridge.s")).Is("bridge.stp\n");
        (await _line.RunAsync("complete", "--", "net-unset", "lab", "mt")).Is("mtu\n");
    }

    [Fact]
    public async Task Help_explains_the_properties() =>
        Assert.Contains("bridge.mac-table", (await _line.RunAsync("help", "net-set")).Output, StringComparison.Ordinal);

    [Fact]
    public void Keys_are_unique() => Assert.Equal(NetworkProperties.All.Count, NetworkProperties.All.Select(property => property.Key).Distinct().Count());
}
