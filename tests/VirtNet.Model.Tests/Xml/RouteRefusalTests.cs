using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>What libvirt says, measured with libvirt 9.0 and corrected where 11.3 says something else.</summary>
public class RouteRefusalTests
{
    [Theory]
    [InlineData("<route/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Missing required address attribute in route definition")]
    [InlineData("<route address='' gateway=''/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Bad network address '' in route definition")]
    [InlineData("<route address='x' gateway='1.2.3.4'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Bad network address 'x' in route definition")]
    [InlineData("<route address='1.2.3.4' gateway='y'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Bad gateway address 'y' in route definition")]
    [InlineData("<route address='1.2.3.4' gateway='1.2.3.5' prefix='33'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Invalid prefix 33 specified in route definition, must be 0 - 32")]
    [InlineData("<route address='1.2.3.4' gateway='1.2.3.5' prefix='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'route': 'x'. Expected non-negative integer value")]
    [InlineData("<route address='1.2.3.4' gateway='1.2.3.5' prefix='-1'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'route': '-1'. Expected non-negative integer value")]
    [InlineData("<route address='1.2.3.4' gateway='1.2.3.5' prefix=''/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'route': ''. Expected non-negative integer value")]
    [InlineData("<route address='1.2.3.4' gateway='1.2.3.5' netmask='x'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Bad netmask address 'x' in route definition")]
    [InlineData("<route address='1.2.3.4' gateway='1.2.3.5' netmask='255.255.255.0' prefix='24'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Route definition cannot have both a prefix and a netmask")]
    [InlineData("<route address='1.2.3.4' gateway='1.2.3.5' netmask='2001::'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Invalid netmask '2001::' for address '1.2.3.4' (both must be IPv4)")]
    [InlineData("<route address='1.2.3.4' gateway='2001::1' prefix='24'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: No family specified for non-IPv4 gateway '1.2.3.4' in route definition")]
    [InlineData("<route address='2001::1' gateway='2001::1' prefix='24'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: No family specified for non-IPv4 address '2001::1' in route definition")]
    [InlineData("<route address='1.2.3.4' gateway='2001::1' prefix='24' family='ipv4'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: IPv4 family specified for non-IPv4 gateway '1.2.3.4' in route definition")]
    [InlineData("<route address='2001::1' gateway='1.2.3.4' prefix='24' family='ipv4'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: IPv4 family specified for non-IPv4 address '2001::1' in route definition")]
    [InlineData("<route address='1.2.3.4' gateway='2001::1' prefix='24' family='ipv6'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: ipv6 family specified for non-IPv6 address '1.2.3.4' in route definition")]
    [InlineData("<route address='2001::' gateway='1.2.3.4' prefix='24' family='ipv6'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: ipv6 specified for non-IPv6 gateway address '1.2.3.4' in route definition")]
    [InlineData("<route address='2001::' gateway='2001::1' netmask='255.0.0.0' family='ipv6'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Specifying netmask invalid for IPv6 address '2001::' in route definition")]
    [InlineData("<route address='2001::' gateway='2001::1' prefix='129' family='ipv6'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Invalid prefix 129 specified in route definition, must be 0 - 128")]
    [InlineData("<route address='2001::' gateway='2001::1' family='ipx'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Unrecognized family 'ipx' in route definition")]
    [InlineData("<route address='2001::' gateway='2001::1' family=''/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Unrecognized family '' in route definition")]
    [InlineData("<route address='1.2.0.0' gateway='1.2.3.5' prefix='16' metric='0'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'metric' in element 'route': Zero is not permitted")]
    [InlineData("<route address='1.2.0.0' gateway='1.2.3.5' prefix='16' metric='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'metric' in element 'route': 'x'. Expected non-negative integer value")]
    [InlineData("<route address='1.2.0.0' gateway='1.2.3.5' prefix='16' metric='-1'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'metric' in element 'route': '-1'. Expected non-negative integer value")]
    [InlineData("<route address='1.2.0.0' gateway='1.2.3.5' prefix='16' metric=''/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'metric' in element 'route': ''. Expected non-negative integer value")]
    [InlineData("<route address='1.2.0.0' gateway='1.2.3.5' netmask='255.0.255.0'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Address '1.2.0.0' in route definition is not a network address")]
    [InlineData("<ip address='10.1.1.1' prefix='24'/><route address='10.5.0.0' netmask='255.255.0.0' gateway='10.1.2.5'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: unreachable static route gateway '10.1.2.5' specified for network 'n'")]
    [InlineData("<ip address='250.1.1.1'/><route address='10.5.0.0' netmask='255.255.0.0' gateway='10.9.1.5'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: unreachable static route gateway '10.9.1.5' specified for network 'n'")]
    [InlineData("<ip address='10.1.1.1' netmask='255.0.255.0'/><route address='10.5.0.0' netmask='255.255.0.0' gateway='10.9.1.5'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: unreachable static route gateway '10.9.1.5' specified for network 'n'")]
    [InlineData("<forward mode='open'/><route family='ipv6' address='2001:db9::' prefix='32' gateway='2001:db8::9'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: unreachable static route gateway '2001:db8::9' specified for network 'n'")]
    [InlineData("<route address='1.2.3.4' prefix='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'route': 'x'. Expected non-negative integer value")]
    [InlineData("<route address='1.2.3.4' gateway='y' prefix='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'route': 'x'. Expected non-negative integer value")]
    [InlineData("<route address='1.2.3.4' gateway='1.1.1.1' prefix='x' metric='0'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'prefix' in element 'route': 'x'. Expected non-negative integer value")]
    [InlineData("<route address='1.2.3.4' gateway='1.1.1.1' family='ipx' metric='0' netmask='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'metric' in element 'route': Zero is not permitted")]
    [InlineData("<route address='10.0.0.0' prefix='8' gateway='1.1.1.1'/><route/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Missing required address attribute in route definition")]
    [InlineData("<route address='1.2.3.0' gateway='1.2.3.5' prefix='24' netmask='2001::'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Invalid netmask '2001::' for address '1.2.3.0' (both must be IPv4)")]
    [InlineData("<route family='ipv6' address='2001::' gateway='2001::5' prefix='24' netmask='255.0.0.0'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Specifying netmask invalid for IPv6 address '2001::' in route definition")]
    [InlineData("<route family='ipv6' address='2001::' gateway='1.2.3.4' prefix='24' netmask='255.0.0.0'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: Specifying netmask invalid for IPv6 address '2001::' in route definition")]
    [InlineData("<route address='1.2.3.4' gateway='2001::1' prefix='33' netmask='x'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: n: No family specified for non-IPv4 gateway '1.2.3.4' in route definition")]
    public void A_mistake_is_refused_with_libvirts_code_domain_and_text(
        string xml, VirErrorCode code, VirErrorDomain domain, string message)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(Documents.Whole(xml)));
        Assert.Equal((code, domain, message), (refused.Code, refused.Domain, refused.Message));
        Assert.NotNull(refused.Position);
    }
}
