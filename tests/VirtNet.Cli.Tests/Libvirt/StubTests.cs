using VirtNet.Cli.Libvirt;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Tests.Libvirt;

public sealed class StubTests
{
    /// <summary>As libvirt 9.0 writes it; 11.3 has the rules that it made beside the network.</summary>
    private const string State = """
        <!--
        WARNING: THIS IS AN AUTO-GENERATED FILE.
        -->

        <networkstatus>
          <class_id bitmap='0-2'/>
          <floor sum='0'/>
          <firewall name='fwRemoval' backend='nftables'><action layer='ipv4'><args><item>x</item></args></action></firewall>
          <network>
            <name>default</name>
            <uuid>0a6cfaa4-5548-491b-8317-6bb5240c15ab</uuid>
            <forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward>
            <bridge name='virbr0' stp='on' delay='0'/>
            <mac address='52:54:00:18:66:43'/>
            <port isolated='yes'/>
            <bandwidth><inbound average='100'/></bandwidth>
            <ip address='192.168.122.1' netmask='255.255.255.0'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>
            <ip family='ipv6' address='fd00:122::1' prefix='64'/>
            <portgroup name='web' default='yes'/>
          </network>
        </networkstatus>
        """;

    [Fact]
    public void A_stub_is_the_same_network_on_the_same_bridge_and_serves_nothing()
    {
        NetworkDefinition network = LiveNetwork.Parse(State, "default.xml").Definition;
        string stub = Stub.Definition(network);
        NetworkDefinition read = NetworkXml.Parse(stub).Definition;
        Assert.True(Stub.Is(read));
        Assert.False(Stub.Is(network));
        Assert.Equal((network.Name, network.Uuid, "virbr0"), (read.Name, read.Uuid, read.BridgeName));
        Assert.Equal(["192.168.122.1/24", "fd00:122::1/64"], read.Ips.Select(ip => $"{ip.Address}/{ip.EffectivePrefix}"));
        Assert.DoesNotContain("dhcp", stub, StringComparison.Ordinal);
        Assert.DoesNotContain("bandwidth", stub, StringComparison.Ordinal); // libvirtd would shape our bridge, and undo it at its end
        Assert.Contains("<port isolated=\"yes\" />", stub, StringComparison.Ordinal); // else guests would reach each other
        Assert.Contains("<portgroup name=\"web\" default=\"yes\" />", stub, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_state_is_read_back_as_what_runs()
    {
        NetworkDefinition network = LiveNetwork.Parse(State, "default.xml").Definition;
        Assert.True(Stub.Is(LiveNetwork.Parse(Stub.Status(network), "default.xml").Definition));
    }

    [Theory]
    [InlineData("<networkstatus/>")]
    [InlineData("<networkstatus>")]
    [InlineData("")]
    public void What_is_no_state_is_refused(string text) => Assert.Contains(
        "'/run/x.xml' is not the state of a network", Assert.Throws<VirtNetException>(() => LiveNetwork.Parse(text, "/run/x.xml")).Message, StringComparison.Ordinal);
}
