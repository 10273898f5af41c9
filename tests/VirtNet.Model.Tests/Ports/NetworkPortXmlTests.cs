using VirtNet.Model.Ports;
using static VirtNet.Model.Tests.Ports.TestPorts;

namespace VirtNet.Model.Tests.Ports;

public sealed class NetworkPortXmlTests
{
    private const string Id1 = "7ae63b5f-fe96-4af0-a7c3-da04ba1b3f54";
    private const string Start = $"<networkport><uuid>{Id1}</uuid><owner><name>g</name><uuid>{Id1}</uuid></owner>";

    [Fact]
    public void Everything_a_port_can_say_is_printed_in_libvirts_order()
    {
        const string xml =
            """
            <networkport>
              <uuid>7ae63b5f-fe96-4af0-a7c3-da04ba1b3f54</uuid>
              <owner>
                <name>a &amp; b</name>
                <uuid>06578fc1-c686-46fa-bc2c-220893b466a6</uuid>
              </owner>
              <group>g&lt;</group>
              <mac address='52:54:00:7b:35:93'/>
              <virtualport type='openvswitch'>
                <parameters interfaceid='7ae63b5f-fe96-4af0-a7c3-da04ba1b3f54' profileid='p'/>
              </virtualport>
              <bandwidth classID='3'>
                <inbound average='1' peak='2' floor='3' burst='4'/>
                <outbound average='5'/>
              </bandwidth>
              <vlan trunk='yes'>
                <tag id='2' nativeMode='untagged'/>
              </vlan>
              <port isolated='no'/>
              <rxfilters trustGuest='yes'/>
              <plug type='bridge' bridge='br0' macTableManager='libvirt'/>
            </networkport>

            """;
        Assert.Equal(xml, NetworkPortXml.Format(NetworkPortXml.Parse(xml)));
    }

    [Theory]
    [InlineData("<plug type='none'/>", "")]
    [InlineData("<plug type='direct' dev='e0'/>", "  <plug type='direct' dev='e0' mode='vepa'/>\n")]
    [InlineData("<plug type='direct' dev='e0' mode='bridge'/>", "  <plug type='direct' dev='e0' mode='bridge'/>\n")]
    [InlineData("<plug type='hostdev-pci'><address bus='1'/></plug>",
        "  <plug type='hostdev-pci'>\n    <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n  </plug>\n")]
    [InlineData("<plug type='hostdev-pci' managed='no'><driver name='vfio' model='m'/><address bus='1'/></plug>",
        "  <plug type='hostdev-pci' managed='no'>\n    <driver name='vfio' model='m'/>\n"
        + "    <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n  </plug>\n")]
    public void Plugs_are_printed_in_full(string plug, string printed)
    {
        string xml = NetworkPortXml.Format(NetworkPortXml.Parse($"{Start}<mac address='52:54:0:7B:35:93'/>{plug}</networkport>"));
        Assert.EndsWith($"<mac address='52:54:00:7b:35:93'/>\n{printed}</networkport>\n", xml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<networkport/>", 1, "internal error: network port has no uuid")]
    [InlineData("<networkport><uuid>x</uuid></networkport>", 1, "internal error: Unable to parse UUID 'x'")]
    [InlineData($"<networkport><uuid>{Id1}</uuid></networkport>", 1, "internal error: network port has no owner name")]
    [InlineData($"<networkport><uuid>{Id1}</uuid><owner><name>g</name></owner></networkport>", 1,
        "internal error: network port has no owner UUID")]
    [InlineData($"<networkport><uuid>{Id1}</uuid><owner><name>g</name><uuid>y</uuid></owner></networkport>", 1,
        "internal error: Unable to parse UUID 'y'")]
    [InlineData($"{Start}</networkport>", 1, "internal error: network port has no mac")]
    [InlineData($"{Start}<mac/></networkport>", 1, "internal error: network port has no mac")]
    [InlineData($"{Start}<mac address='z'/></networkport>", 1, "internal error: Unable to parse MAC 'z'")]
    [InlineData("<network/>", 27, "XML error: expecting root element of 'networkport', not 'network'")]
    public void A_port_without_its_identity_is_refused(string xml, int code, string message) =>
        Refused((VirErrorCode)code, message, () => NetworkPortXml.Parse(xml));

    [Theory]
    [InlineData("<plug type='bogus'/>", "Invalid value for attribute 'type' in element 'plug': 'bogus'.")]
    [InlineData("<plug type='network'/>", "Missing network port bridge name")]
    [InlineData("<plug type='bridge'/>", "Missing network port bridge name")]
    [InlineData("<plug type='network' bridge='b' macTableManager='x'/>", "Invalid macTableManager setting 'x' in network port")]
    [InlineData("<plug type='direct'/>", "Missing network port link device name")]
    [InlineData("<plug type='direct' dev='e' mode='nat'/>", "Invalid mode setting 'nat' in network port")]
    [InlineData("<plug type='hostdev-pci'/>", "Missing network port PCI address")]
    [InlineData("<plug type='hostdev-pci' managed='maybe'/>", "Invalid value for attribute 'managed' in element 'plug': 'maybe'.")]
    [InlineData("<rxfilters trustGuest='maybe'/>", "Invalid value for attribute 'trustGuest' in element 'rxfilters': 'maybe'.")]
    [InlineData("<port isolated='maybe'/>", "Invalid value for attribute 'isolated' in element 'port': 'maybe'.")]
    public void Values_that_mean_nothing_are_refused(string part, string text) => Refused(
        VirErrorCode.XmlError,
        $"XML error: {text}",
        () => NetworkPortXml.Parse($"{Start}<mac address='52:54:0:7B:35:93'/>{part}</networkport>"));
}
