using VirtNet.Cli.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

public sealed class NetCloneTests
{
    private readonly CommandLine _line = new();

    public NetCloneTests()
    {
        _line.Daemon.Add("lab", "11111111-2222-3333-4444-555555555555").Xml =
            """
            <network>
              <name>lab</name>
              <uuid>11111111-2222-3333-4444-555555555555</uuid>
              <forward mode='nat'/>
              <bridge name='virbr7' stp='off' delay='3'/>
              <mac address='52:54:00:00:00:07'/>
              <ip address='10.7.0.1' prefix='26'>
                <dhcp>
                  <range start='10.7.0.2' end='10.7.0.62'/>
                  <host mac='52:54:00:00:00:01' name='web' ip='10.7.0.10'/>
                </dhcp>
              </ip>
              <ip family='ipv6' address='fd00:7::1' prefix='64'/>
            </network>
            """;
        _line.Connector.FindSubnet = question => question.Wanted is { } wanted
            ? new SubnetAnswer(null, wanted == "10.7.0.0/26" ? "network 'lab' (10.7.0.0/26)" : null, IsFirm: true)
            : new SubnetAnswer(question.Ipv6 ? "fd11::/64" : $"192.168.128.0/{question.PrefixLength}", null, IsFirm: false);
    }

    private NetworkDefinition Clone => NetworkXml.Parse(_line.Daemon.Networks.Single(network => network.Ref.Name == "lab2").Xml).Definition;

    [Fact]
    public async Task A_clone_is_like_its_original_but_for_what_is_each_networks_own()
    {
        (await _line.RunAsync("net-clone", "lab", "lab2")).Is("Network lab2 cloned from lab with 10.7.0.0/26\n\n");
        Assert.Equal((null, null, null), (Clone.Uuid, Clone.Mac, Clone.BridgeName));
        Assert.Equal((false, 3UL, "10.7.0.10"), (Clone.Bridge!.Stp, Clone.Bridge.Delay, Clone.Ips[0].Hosts[0].Address!.ToString()));
    }

    [Fact]
    public async Task Metadata_keeps_its_blanks()
    {
        const string Metadata = "<metadata><app:sep xmlns:app=\"urn:app\"> </app:sep></metadata>";
        _line.Daemon.Add("tagged").Xml = $"<network><name>tagged</name>{Metadata}</network>";
        await _line.RunAsync("net-clone", "tagged", "lab2");
        Assert.Contains(Metadata, _line.Daemon.Networks.Single(network => network.Ref.Name == "lab2").Xml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_publishes_stays_its_own_and_names_move_with_the_subnet()
    {
        _line.Interactive = true;
        FakeNetwork lab = _line.Daemon.Networks.Single(network => network.Ref.Name == "lab");
        lab.Xml = lab.Xml.Replace(
            "<mac ",
            "<metadata><v:network xmlns:v='urn:virtnet:network:1'><v:publish protocol='tcp' port='80'><v:to address='10.7.0.10'/></v:publish>"
            + "<v:name match='a' address='10.7.0.10'/><v:span vni='5'><v:host address='192.0.2.1'/></v:span></v:network></metadata><mac ",
            StringComparison.Ordinal);
        (await _line.RunAsync("net-clone", "lab", "lab2", "--subnet", "10.9.0.0/26")).Is(
            "Network lab2 cloned from lab with 10.9.0.0/26\n\n",
            "warning: what lab publishes is left out: two networks cannot publish the same place\n"
            + "warning: the span of lab is left out: two networks cannot have the same VNI\n");
        NetworkExtension extension = NetworkExtensionXml.Of(Clone);
        Assert.Empty(extension.Publications);
        Assert.Equal("10.9.0.10", Assert.Single(extension.Names).Address.ToString());
    }

    [Fact]
    public async Task Nothing_is_left_of_an_extension_that_only_published()
    {
        _line.Daemon.Add("tagged").Xml =
            """
            <network><name>tagged</name>
              <metadata>
                <v:network xmlns:v='urn:virtnet:network:1'>
                  <v:publish protocol='tcp' port='80'><v:to address='10.7.0.10'/></v:publish>
                </v:network>
              </metadata>
            </network>
            """;
        await _line.RunAsync("net-clone", "tagged", "lab2");
        Assert.DoesNotContain("metadata", _line.Daemon.Networks.Single(network => network.Ref.Name == "lab2").Xml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_many_guests_are_on_the_original_is_no_matter_of_the_clone()
    {
        const string Xml =
            "<network{0}><name>lan</name><forward dev='eth0' mode='passthrough'><interface dev='eth0'{0}/></forward></network>";
        _line.Daemon.Add("lan").Xml = Xml.Replace("{0}", " connections='1'", StringComparison.Ordinal);
        await _line.RunAsync("net-clone", "lan", "lab2");
        NetworkDocument without = NetworkXml.Parse(Xml.Replace("{0}", "", StringComparison.Ordinal));
        NetworkDocument with = NetworkXml.Parse(_line.Daemon.Networks.Single(network => network.Ref.Name == "lab2").Xml);
        Assert.Equal(without.Definition with { Name = "lab2" }, with.Definition); // the daemon passes it over
        Assert.Equal((without.Hints.Count, 0), (with.Hints.Count, with.Hints.Count));
    }

    [Fact]
    public async Task It_gets_other_addresses_on_demand()
    {
        (await _line.RunAsync("net-clone", "lab", "lab2", "--subnet", "auto")).Is("Network lab2 cloned from lab with 192.168.128.0/26\n\n");
        Assert.Equal(["192.168.128.1", "fd11::1"], Clone.Ips.Select(ip => ip.Address.ToString()));
        Assert.Equal(("192.168.128.62", "192.168.128.10"), (Clone.Ips[0].Ranges[0].End.ToString(), Clone.Ips[0].Hosts[0].Address!.ToString()));
        await _line.RunAsync("net-undefine", "lab2");
        await _line.RunAsync("net-clone", "lab", "lab2", "--subnet", "10.9.0.0/24");
        Assert.Equal(["10.9.0.1", "fd00:7::1"], Clone.Ips.Select(ip => ip.Address.ToString()));
        Assert.Equal("10.9.0.254", Clone.Ips[0].Ranges[0].End.ToString());
    }

    [Fact]
    public async Task Taken_addresses_are_refused()
    {
        (await _line.RunAsync("net-clone", "lab", "lab2", "--subnet", "10.7.0.0/26")).Fails(
            "error: Failed to clone network lab: 10.7.0.0/26 is taken by network 'lab' (10.7.0.0/26)\n");
        Assert.Single(_line.Daemon.Networks);
    }

    [Fact]
    public async Task The_hosts_bridge_stays_that_of_the_clone()
    {
        _line.Daemon.Add("lan").Xml = "<network><name>lan</name><forward mode='bridge'/><bridge name='br0'/></network>";
        (await _line.RunAsync("net-clone", "lan", "lab2")).Is("Network lab2 cloned from lan\n\n");
        Assert.Equal("br0", Clone.BridgeName);
    }
}
