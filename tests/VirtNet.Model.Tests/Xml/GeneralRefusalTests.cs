using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>What libvirt says, measured with libvirt 9.0 and corrected where 11.3 says something else.</summary>
public class GeneralRefusalTests
{
    [Theory]
    [InlineData("<bridge delay=' 5 '/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid delay value in network 'n'")]
    [InlineData("<bridge delay='0x10'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid delay value in network 'n'")]
    [InlineData("<bridge delay='99999999999999999999'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid delay value in network 'n'")]
    [InlineData("<mtu size='-1'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid mtu size '-1' in network 'n'")]
    [InlineData("<mtu size='0x10'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid mtu size '0x10' in network 'n'")]
    [InlineData("<mtu size='4294967296'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid mtu size '4294967296' in network 'n'")]
    [InlineData("<domain name='d' localOnly='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'localOnly' in element 'domain': 'x'.")]
    [InlineData("<domain name='d' register='yes'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: attribute 'register=yes' in <domain> element requires 'localOnly=yes' in network n")]
    [InlineData("<domain localOnly='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'localOnly' in element 'domain': 'x'.")]
    [InlineData("<network ipv6='x'><name>n</name></network>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid ipv6 setting 'x' in network 'n'")]
    [InlineData("<network trustGuestRxFilters='x'><name>n</name></network>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'trustGuestRxFilters' in element 'network': 'x'.")]
    [InlineData("<network trustGuestRxFilters=''><name>n</name></network>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'trustGuestRxFilters' in element 'network': ''.")]
    [InlineData("<port isolated=''/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'isolated' in element 'port': ''.")]
    [InlineData("<bridge macTableManager='default'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid macTableManager setting 'default' in network 'n'")]
    [InlineData("<network xmlns='http://x/'><name>n</name></network>", VirErrorCode.NoName, VirErrorDomain.Network,
        "missing name information")]
    [InlineData("<network><name xmlns='http://x/'>n</name></network>", VirErrorCode.NoName, VirErrorDomain.Network,
        "missing name information")]
    [InlineData("<uuid>A1B2C3D4-e5f60718-293a-4b5c6d7e8f9</uuid>", VirErrorCode.InternalError, VirErrorDomain.Network,
        "internal error: malformed uuid element")]
    [InlineData("<uuid>A1B2C3D4-e5f60718-293a-4b5c6d7e8f901</uuid>", VirErrorCode.InternalError, VirErrorDomain.Network,
        "internal error: malformed uuid element")]
    [InlineData("<bridge delay='-1'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid delay value in network 'n'")]
    [InlineData("<bridge name='x' delay='y' macTableManager='z'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid delay value in network 'n'")]
    [InlineData("<mac address='52-54-00-11-22-33'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid bridge mac address '52-54-00-11-22-33' in network 'n'")]
    [InlineData("<mac address='52:54:00:11:22:33:44'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid bridge mac address '52:54:00:11:22:33:44' in network 'n'")]
    [InlineData("<mac address=' 52:54:00:11:22:33'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid bridge mac address ' 52:54:00:11:22:33' in network 'n'")]
    [InlineData("<domain name='d' register='x' localOnly='y'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'localOnly' in element 'domain': 'y'.")]
    public void A_mistake_is_refused_with_libvirts_code_domain_and_text(
        string xml, VirErrorCode code, VirErrorDomain domain, string message)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(Documents.Whole(xml)));
        Assert.Equal((code, domain, message), (refused.Code, refused.Domain, refused.Message));
        Assert.NotNull(refused.Position);
    }
}
