using VirtNet.Model.Tests.Xml;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests;

public class NetworkValidatorTests
{
    [Theory]
    [InlineData("<forward mode='bridge'/><mac address='52:54:00:00:00:01'/>", VirErrorCode.ConfigUnsupported,
        "unsupported configuration: Unsupported <mac> element in network n with forward mode='bridge'")]
    [InlineData("<forward mode='vepa'/><domain name='d'/>", VirErrorCode.ConfigUnsupported,
        "unsupported configuration: Unsupported <domain> element in network n with forward mode='vepa'")]
    [InlineData("<forward mode='bridge'/><dns><host ip='1.1.1.1'><hostname>a</hostname></host></dns>", VirErrorCode.ConfigUnsupported,
        "unsupported configuration: Unsupported <dns> element in network n with forward mode='bridge'")]
    [InlineData("<forward mode='bridge'/><bandwidth><inbound average='1'/></bandwidth>", VirErrorCode.ConfigUnsupported,
        "unsupported configuration: Unsupported network-wide <bandwidth> element in network n with forward mode='bridge'")]
    [InlineData("<bandwidth><inbound average='1' burst='4194304'/></bandwidth>", VirErrorCode.Overflow,
        "numerical overflow: value '4194304' is too big for 'burst' parameter, maximum is '4194303'")]
    [InlineData("<bandwidth><outbound average='18014398509481985'/></bandwidth>", VirErrorCode.Overflow,
        "numerical overflow: value '18014398509481985' is too big for 'average' parameter, maximum is '18014398509481984'")]
    [InlineData("<forward mode='hostdev'><address type='pci' bus='3'/></forward>", VirErrorCode.ConfigUnsupported,
        "unsupported configuration: device '/sys/bus/pci/devices/0000:03:00.0' in network 'n' is not an SR-IOV Virtual Function")]
    [InlineData("<ip family='ipv6' address='2001:db8::1'><dhcp><range start='2001:db8::2' end='2001:db8::3'/></dhcp></ip>"
        + "<ip family='ipv6' address='2001:db9::1'><dhcp><range start='2001:db9::2' end='2001:db9::3'/></dhcp></ip>",
        VirErrorCode.ConfigUnsupported,
        "unsupported configuration: Multiple IPv6 dhcp sections found -- dhcp is supported only for a single IPv6 address on each network")]
    [InlineData("<portgroup name='a'><vlan><tag id='1'/></vlan></portgroup>", VirErrorCode.ConfigUnsupported,
        "unsupported configuration: <vlan> element specified for network n, whose type doesn't support vlan configuration")]
    [InlineData("<portgroup name='a' default='yes'/><portgroup name='b' default='yes'/>", VirErrorCode.ConfigUnsupported,
        "unsupported configuration: network 'n' has multiple default <portgroup> elements (a and b), but only one default is allowed")]
    [InlineData("<forward mode='vepa'/><portgroup name='a'><bandwidth><inbound average='1'/></bandwidth></portgroup>", VirErrorCode.ConfigUnsupported,
        "unsupported configuration: Unsupported <bandwidth> element in network 'n' in portgroup 'a' with forward mode='vepa'")]
    public void Parts_that_do_not_fit_together_are_refused(string part, VirErrorCode code, string message)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => Validate(part));
        Assert.Equal((code, message), (refused.Code, refused.Message));
    }

    [Theory]
    [InlineData("<forward mode='bridge'/><bridge name='b'/><dns><forwarder addr='1.1.1.1'/></dns>")]
    [InlineData("<forward mode='bridge'/><bridge name='b'/><bandwidth><inbound average='1' burst='4194303'/></bandwidth>")]
    [InlineData("<forward mode='bridge'/><bridge name='b'/><virtualport type='openvswitch'/><vlan><tag id='1'/></vlan>")]
    [InlineData("<forward mode='passthrough'><interface dev='e0'/></forward><vlan><tag id='1'/></vlan>")]
    [InlineData("<forward mode='nat'><pf dev='e0'/></forward><ip address='10.1.1.1'/>")]
    [InlineData("<ip address='10.1.1.1'><dhcp><range start='10.1.1.2' end='10.1.1.3'/></dhcp></ip>"
        + "<ip family='ipv6' address='2001:db9::1'><dhcp><range start='2001:db9::2' end='2001:db9::3'/></dhcp></ip>")]
    public void Parts_that_fit_together_pass(string part) => Validate(part);

    [Fact]
    public void A_name_is_one_line() =>
        Assert.Equal(
            (VirErrorCode.XmlDetail, "invalid char in name: \n"),
            Refusal(new NetworkDefinition { Name = "a\nb" }));

    [Fact]
    public void Without_a_look_at_the_host_devices_pass() => NetworkValidator.Validate(
        NetworkXml.Parse(Documents.Whole("<forward mode='hostdev'><address type='pci' bus='3'/></forward>")).Definition);

    private static (VirErrorCode Code, string Message) Refusal(NetworkDefinition definition)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkValidator.Validate(definition));
        return (refused.Code, refused.Message);
    }

    private static void Validate(string part) =>
        NetworkValidator.Validate(NetworkXml.Parse(Documents.Whole(part)).Definition, isVirtualFunction: _ => false);
}
