using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>What libvirt says, measured with libvirt 9.0 and corrected where 11.3 says something else.</summary>
public class DnsRefusalTests
{
    [Theory]
    [InlineData("<dns enable=''/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'enable' in element 'dns': ''.")]
    [InlineData("<dns forwardPlainNames='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'forwardPlainNames' in element 'dns': 'x'.")]
    [InlineData("<dns><forwarder addr='' domain='x'/></dns>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid forwarder IP address '' in network 'n'")]
    [InlineData("<dns><txt name='a,b' value='x'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "prohibited character in DNS TXT record name 'a,b' of network n")]
    [InlineData("<dns><txt name='a' value='x&#10;y'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "invalid line break in DNS TXT record value attribute")]
    [InlineData("<dns><srv service='a' protocol='tcp' domain='x&#10;y'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "invalid line break in DNS SRV record domain attribute")]
    [InlineData("<dns><srv service='a' protocol='tcp' domain='d' target='x&#10;y'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "invalid line break in DNS SRV record target attribute")]
    [InlineData("<dns><srv service='a' protocol='t.p'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "invalid character in protocol attribute 't.p' in DNS SRV record of network 'n'")]
    [InlineData("<dns><srv protocol='tcp'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "missing required service attribute in DNS SRV record of network 'n'")]
    [InlineData("<dns><srv service='a'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "missing required protocol attribute in DNS SRV record 'a' of network 'n'")]
    [InlineData("<dns><srv service='a' protocol='tcp' target='.' port='x' priority='70000'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "invalid DNS SRV port attribute for service 'a' in network 'n'")]
    [InlineData("<dns><srv service='a' protocol='tcp' target='.' port='1' priority='70000'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Invalid DNS SRV priority attribute for service 'a' in network 'n'")]
    [InlineData("<dns><srv service='a' protocol='tcp' target='.' port='1' priority='0' weight='-1'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "invalid DNS SRV weight attribute for service 'a' in network 'n'")]
    [InlineData("<dns><srv service='a' protocol='tcp' priority='70000'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "DNS SRV priority attribute not permitted without target for service 'a' in network 'n'")]
    [InlineData("<dns><srv service='a' protocol='tcp' weight='70000'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "DNS SRV weight attribute not permitted without target for service 'a' in network 'n'")]
    [InlineData("<dns><host ip='10.1.1.1'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Missing hostname in network 'n' DNS HOST record")]
    [InlineData("<dns><host ip='zz'><hostname>a</hostname></host></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Invalid IP address in network 'n' DNS HOST record")]
    [InlineData("<dns><host ip=''><hostname>a</hostname></host></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Invalid IP address in network 'n' DNS HOST record")]
    [InlineData("<dns enable='no'><forwarder addr='1.2.3.4'/></dns>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Extra data in disabled network 'n'")]
    [InlineData("<dns enable='no'><host ip='10.1.1.1'><hostname>a</hostname></host></dns>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Extra data in disabled network 'n'")]
    [InlineData("<dns enable='no'><txt name='a b'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "prohibited character in DNS TXT record name 'a b' of network n")]
    [InlineData("<dns><host/><srv/><txt/><forwarder/></dns>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid forwarder element, must contain at least one of addr or domain")]
    [InlineData("<dns><host/><srv/><txt/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Missing hostname in network 'n' DNS HOST record")]
    [InlineData("<dns><host/><srv/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Missing hostname in network 'n' DNS HOST record")]
    [InlineData("<dns><txt name='a b'/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "prohibited character in DNS TXT record name 'a b' of network n")]
    [InlineData("<dns><txt/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "missing required name attribute in DNS TXT record of network n")]
    [InlineData("<dns enable='x' forwardPlainNames='y'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'enable' in element 'dns': 'x'.")]
    [InlineData("<dns><srv/><txt/></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "missing required service attribute in DNS SRV record of network 'n'")]
    [InlineData("<dns><host ip='1.1.1.1'><hostname>a</hostname><hostname></hostname></host></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Missing hostname in network 'n' DNS HOST record")]
    [InlineData("<dns><host ip='x'><hostname></hostname></host></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Missing hostname in network 'n' DNS HOST record")]
    [InlineData("<dns><host ip='1.1.1.1'><hostname>a</hostname><hostname/></host></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Missing hostname in network 'n' DNS HOST record")]
    [InlineData("<dns><host><hostname>a</hostname></host></dns>", VirErrorCode.XmlDetail, VirErrorDomain.Network,
        "Missing IP address in network 'n' DNS HOST record")]
    public void A_mistake_is_refused_with_libvirts_code_domain_and_text(
        string xml, VirErrorCode code, VirErrorDomain domain, string message)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(Documents.Whole(xml)));
        Assert.Equal((code, domain, message), (refused.Code, refused.Domain, refused.Message));
        Assert.NotNull(refused.Position);
    }
}
