using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>What libvirt says, measured with libvirt 9.0 and corrected where 11.3 says something else.</summary>
public class IpRefusalTests
{
    [Theory]
    [InlineData("<ip address='10.1.1.1' netmask='zz'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid netmask 'zz' in network 'n'")]
    [InlineData("<ip address='10.1.1.1' netmask='2001:db8::1'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: Invalid netmask '2001:db8::1' for address '10.1.1.1' in network 'n' (both must be IPv4)")]
    [InlineData("<ip address='10.1.1.1' prefix='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'ip': 'x'. Expected non-negative integer value")]
    [InlineData("<ip address='10.1.1.1' prefix='-1'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'ip': '-1'. Expected non-negative integer value")]
    [InlineData("<ip address='10.1.1.1' prefix=''/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'ip': ''. Expected non-negative integer value")]
    [InlineData("<ip address='10.1.1.1' prefix='0x18'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'ip': '0x18'. Expected non-negative integer value")]
    [InlineData("<ip address='10.1.1.1' prefix='24' netmask='255.255.255.0'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: Network 'n' IP address cannot have both a prefix and a netmask")]
    [InlineData("<ip address='' prefix='24'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Missing required address attribute in network 'n'")]
    [InlineData("<ip address='zz' prefix='24'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid address 'zz' in network 'n'")]
    [InlineData("<ip address='10.1.1.1' family='ipv6' prefix='24'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: Family 'ipv6' specified for non-IPv6 address '10.1.1.1' in network 'n'")]
    [InlineData("<ip address='2001:db8::1' family='ipv6' prefix='129'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: Invalid IPv6 prefix '129' in network 'n'")]
    [InlineData("<ip address='2001:db8::1' family='ipv6' netmask='255.255.255.0'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: netmask not allowed for IPv6 address '2001:db8::1' in network 'n'")]
    [InlineData("<ip address='2001:db8::1' family='ipv6' netmask='zzz'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid netmask 'zzz' in network 'n'")]
    [InlineData("<ip address='10.1.1.1' localPtr='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'localPtr' in element 'ip': 'x'.")]
    [InlineData("<ip address='zz' family='ipx' prefix='x' netmask='x' localPtr='x'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid address 'zz' in network 'n'")]
    [InlineData("<ip family='ipx' prefix='x' netmask='x' localPtr='x'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Missing required address attribute in network 'n'")]
    [InlineData("<ip address='1.1.1.1' family='ipx' prefix='8' netmask='x' localPtr='x'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid netmask 'x' in network 'n'")]
    [InlineData("<ip address='1.1.1.1' prefix='8' netmask='x' localPtr='x'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid netmask 'x' in network 'n'")]
    [InlineData("<ip address='1.1.1.1' prefix='33' netmask='2000::' localPtr='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'localPtr' in element 'ip': 'x'.")]
    [InlineData("<ip address='1.1.1.1' prefix='33' netmask='255.0.0.0' localPtr='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'localPtr' in element 'ip': 'x'.")]
    [InlineData("<ip address='1.1.1.1' prefix='33' localPtr='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'localPtr' in element 'ip': 'x'.")]
    [InlineData("<ip address='fe80::1%lo' family='ipv6' prefix='64'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid address 'fe80::1%lo' in network 'n'")]
    [InlineData("<ip address='[::1]' family='ipv6' prefix='64'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid address '[::1]' in network 'n'")]
    [InlineData("<ip address=' 1.2.3.4' prefix='8'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid address ' 1.2.3.4' in network 'n'")]
    [InlineData("<ip address='1.2.3.4 ' prefix='8'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid address '1.2.3.4 ' in network 'n'")]
    [InlineData("<ip address='1.1.1.1' prefix='x' netmask='y' localPtr='x' family='ipx'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid netmask 'y' in network 'n'")]
    [InlineData("<ip address='1.1.1.1' prefix='x' localPtr='x' family='ipx'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'ip': 'x'. Expected non-negative integer value")]
    [InlineData("<ip address='1.1.1.1' localPtr='x' family='ipx'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'localPtr' in element 'ip': 'x'.")]
    [InlineData("<ip address='1.1.1.1' prefix='8' netmask='2000::'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: Invalid netmask '2000::' for address '1.1.1.1' in network 'n' (both must be IPv4)")]
    [InlineData("<ip address='2000::1' family='ipv6' prefix='8' netmask='255.0.0.0'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: netmask not allowed for IPv6 address '2000::1' in network 'n'")]
    [InlineData("<ip address='1.1.1.1' family='ipv6' prefix='40'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: Family 'ipv6' specified for non-IPv6 address '1.1.1.1' in network 'n'")]
    [InlineData("<ip address='2000::1' prefix='129'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: no family specified for non-IPv4 address '2000::1' in network 'n'")]
    [InlineData("<ip family='ipv6' address='2000::1' prefix='64'><tftp/></ip>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: Unsupported <tftp> element in an IPv6 element in network 'n'")]
    public void A_mistake_is_refused_with_libvirts_code_domain_and_text(
        string xml, VirErrorCode code, VirErrorDomain domain, string message)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(Documents.Whole(xml)));
        Assert.Equal((code, domain, message), (refused.Code, refused.Domain, refused.Message));
        Assert.NotNull(refused.Position);
    }
}
