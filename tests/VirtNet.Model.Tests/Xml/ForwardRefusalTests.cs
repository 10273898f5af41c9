using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>What libvirt says, measured with libvirt 9.0 and corrected where 11.3 says something else.</summary>
public class ForwardRefusalTests
{
    [Theory]
    [InlineData("<forward mode='hostdev'><driver name='x'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'name' in element 'driver': 'x'.")]
    [InlineData("<forward mode='nat'><nat ipv6='x'/></forward><ip address='10.1.1.1'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'ipv6' in element 'nat': 'x'.")]
    [InlineData("<forward mode='nat'><nat><address end='1.2.3.4'/></nat></forward><ip address='10.1.1.1'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: missing 'start' attribute in <address> element in <nat> in <forward> in network n")]
    [InlineData("<forward mode='nat'><nat><address/></nat></forward><ip address='10.1.1.1'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: missing 'start' attribute in <address> element in <nat> in <forward> in network n")]
    [InlineData("<forward mode='nat'><nat><address start='1.2.3.4' end='1.2.3.z'/></nat></forward><ip address='10.1.1.1'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Bad ipv4 end address '1.2.3.z' in <nat> in <forward> in network 'n'")]
    [InlineData("<forward mode='nat'><nat><address start='2001::' end='1.2.3.4'/></nat></forward><ip address='10.1.1.1'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Bad ipv4 start address '2001::' in <nat> in <forward> in network 'n'")]
    [InlineData("<forward mode='nat'><nat><address start='1.2.3.5' end='1.2.3.4'/></nat></forward><ip address='10.1.1.1'/>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: range 1.2.3.5 - 1.2.3.4 is reversed ")]
    [InlineData("<forward mode='nat'><nat><address start='1.2.3.5' end='1.9.3.4'/></nat></forward><ip address='10.1.1.1'/>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: range 1.2.3.5 - 1.9.3.4 is too large (> 65535)")]
    [InlineData("<forward mode='nat'><nat><port start='5'/></nat></forward><ip address='10.1.1.1'/>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Missing or invalid 'end' attribute in <port> in <nat> in <forward> in network n")]
    [InlineData("<forward mode='nat'><nat><port/></nat></forward><ip address='10.1.1.1'/>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Missing or invalid 'start' attribute in <port> in <nat> in <forward> in network n")]
    [InlineData("<forward mode='nat'><nat><port start='5' end='6'/><port start='5' end='7'/></nat></forward><ip address='10.1.1.1'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Only one <port> element is allowed in <nat> in <forward> in network n")]
    [InlineData("<forward mode='hostdev'><address type='pci' domain='0' bus='0x100' slot='0' function='1'/></forward>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: Invalid PCI address bus='0x100', must be <= 0xFF")]
    [InlineData("<forward mode='hostdev'><address type='pci' domain='0' bus='0xff' slot='0x20' function='1'/></forward>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: Invalid PCI address slot='0x20', must be <= 0x1F")]
    [InlineData("<forward mode='hostdev'><address type='pci' domain='0' bus='0xff' slot='0x1f' function='8'/></forward>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: Invalid PCI address function=0x8, must be <= 7")]
    [InlineData("<forward mode='hostdev'><address type='pci' domain='x' bus='0xff' slot='0x1f' function='7'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'domain' in element 'address': 'x'. Expected non-negative integer value")]
    [InlineData("<forward mode='hostdev'><address type='pci' bus='0x100' multifunction='yes'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'multifunction' in element 'address': 'yes'.")]
    [InlineData("<forward mode='open'><address type='pci' bus='3'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: forward dev not allowed for network 'n' with forward mode='open'")]
    [InlineData("<forward mode='route'><address type='pci' bus='3'/><address type='pci' bus='4'/></forward><ip address='10.1.1.1'/>",
        VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: multiple forwarding interfaces specified for network 'n', only one is supported")]
    [InlineData("<forward mode='bridge'><address type='pci' bus='3'/></forward><bridge name='br0'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: A network with forward mode='bridge' can specify a bridge name or a forward dev, but not both (network 'n')")]
    [InlineData("<forward mode='hostdev'><address type='zork' bus='16' slot='0x1f' function='7' multifunction='on'/></forward>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: unknown address type 'zork' in network n")]
    [InlineData("<forward mode='hostdev'><address type='netdev'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: unsupported address type 'netdev' in network n")]
    [InlineData("<forward mode='hostdev'><address type='none'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: unsupported address type 'none' in network n")]
    [InlineData("<forward mode='hostdev'><address type=''/></forward>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: unknown address type '' in network n")]
    [InlineData("<forward mode='hostdev' dev='e0'><pf dev='e1'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: the <forward> 'dev' attribute cannot be used when <address> or <pf> sub-elements are present in network n")]
    [InlineData("<forward mode='hostdev'><pf/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Missing required dev attribute in <pf> element of network 'n'")]
    [InlineData("<forward mode='passthrough'><interface/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Missing required dev attribute in <forward> <interface> element of network n")]
    [InlineData("<forward mode='bridge'><interface dev='a'/><pf dev='b'/></forward><bridge name='br0'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: A network with forward mode='bridge' can specify a bridge name or a forward dev, but not both (network 'n')")]
    [InlineData("<forward mode='bridge'><pf dev='b'/></forward><bridge name='br0'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: A network with forward mode='bridge' can specify a bridge name or a forward dev, but not both (network 'n')")]
    [InlineData("<forward mode='bridge'/><bridge stp='on'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: bridge delay/stp/zone options only allowed in open, route, nat, and isolated mode, not in bridge (network 'n')")]
    [InlineData("<forward mode='vepa'/><bridge zone='x'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: bridge zone not allowed in vepa mode (network 'n')")]
    [InlineData("<forward mode='vepa'/><bridge stp='off'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: bridge delay/stp/zone options only allowed in open, route, nat, and isolated mode, not in vepa (network 'n')")]
    [InlineData("<forward mode='nat'><interface dev='a'/><interface dev='b'/></forward><ip address='10.1.1.1'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: multiple forwarding interfaces specified for network 'n', only one is supported")]
    [InlineData("<forward mode='none'><nat/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: The <nat> element can only be used when <forward> 'mode' is 'nat' in network n")]
    [InlineData("<forward mode='route'><nat/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: The <nat> element can only be used when <forward> 'mode' is 'nat' in network n")]
    [InlineData("<forward mode='open'><interface dev='x'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: forward dev not allowed for network 'n' with forward mode='open'")]
    [InlineData("<forward mode='route'><nat/><nat/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Only one <nat> element is allowed in <forward> of network n")]
    [InlineData("<forward mode='route' dev='a'><nat ipv6='x'/><pf dev='x'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: The <nat> element can only be used when <forward> 'mode' is 'nat' in network n")]
    [InlineData("<forward mode='nat' dev='a'><nat ipv6='x'/><pf dev='x'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'ipv6' in element 'nat': 'x'.")]
    [InlineData("<forward mode='nat'><nat ipv6='x'/><interface/></forward>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'ipv6' in element 'nat': 'x'.")]
    [InlineData("<forward mode='zork' dev='a'><driver name='x'/></forward>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: unknown forwarding type 'zork'")]
    [InlineData("<forward mode='nat'><driver name='x'/><nat/><nat/></forward>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'name' in element 'driver': 'x'.")]
    [InlineData("<forward mode='nat' dev='a'><interface/><nat><address start='x'/></nat></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: missing 'end' attribute in <address> element in <nat> in <forward> in network n")]
    [InlineData("<forward><interface dev='a'/><interface dev='a'/></forward>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: interface 'a' can only be listed once in network n")]
    [InlineData("<forward mode='nat'><nat><address start='' end='1.2.3.4'/></nat></forward><ip address='10.1.1.1'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Bad ipv4 start address '' in <nat> in <forward> in network 'n'")]
    public void A_mistake_is_refused_with_libvirts_code_domain_and_text(
        string xml, VirErrorCode code, VirErrorDomain domain, string message)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(Documents.Whole(xml)));
        Assert.Equal((code, domain, message), (refused.Code, refused.Domain, refused.Message));
        Assert.NotNull(refused.Position);
    }
}
