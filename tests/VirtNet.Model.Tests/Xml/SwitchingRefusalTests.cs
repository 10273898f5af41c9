using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>What libvirt says, measured with libvirt 9.0 and corrected where 11.3 says something else.</summary>
public class SwitchingRefusalTests
{
    [Theory]
    [InlineData("<vlan trunk='maybe'><tag id='1'/></vlan>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: invalid \"trunk='maybe'\" in <vlan> - must be yes or no")]
    [InlineData("<vlan trunk='no'><tag id='1'/><tag id='2'/></vlan>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: invalid \"trunk='no'\" in <vlan> - trunk='yes' is required for more than one vlan tag")]
    [InlineData("<vlan trunk='no'><tag id='1' nativeMode='tagged'/></vlan>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: invalid configuration in <vlan> - \"trunk='no'\" is not allowed with a native vlan id")]
    [InlineData("<vlan><tag id='1' nativeMode='x'/></vlan>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'nativeMode' in element 'tag': 'x'.")]
    [InlineData("<vlan><tag id='1' nativeMode=''/></vlan>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'nativeMode' in element 'tag': ''.")]
    [InlineData("<vlan><tag id='1' nativeMode='default'/></vlan>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'nativeMode' in element 'tag': 'default'.")]
    [InlineData("<vlan><tag/></vlan>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Missing required attribute 'id' in element 'tag'")]
    [InlineData("<vlan><tag id=''/></vlan>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'id' in element 'tag': ''. Expected non-negative integer value")]
    [InlineData("<vlan><tag id='-1'/></vlan>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'id' in element 'tag': '-1'. Expected non-negative integer value")]
    [InlineData("<vlan><tag id='x'/></vlan>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'id' in element 'tag': 'x'. Expected non-negative integer value")]
    [InlineData("<vlan><tag id='0x10'/></vlan>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'id' in element 'tag': '0x10'. Expected non-negative integer value")]
    [InlineData("<bandwidth classID=''/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'classID' in element 'bandwidth': ''. Expected non-negative integer value")]
    [InlineData("<bandwidth classID='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'classID' in element 'bandwidth': 'x'. Expected non-negative integer value")]
    [InlineData("<bandwidth><inbound/></bandwidth>", VirErrorCode.XmlDetail, VirErrorDomain.None,
        "Missing mandatory average or floor attributes")]
    [InlineData("<bandwidth><inbound average=''/></bandwidth>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'average' in element 'inbound': ''. Expected non-negative integer value")]
    [InlineData("<bandwidth><inbound average='x'/></bandwidth>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'average' in element 'inbound': 'x'. Expected non-negative integer value")]
    [InlineData("<bandwidth><inbound average='-1'/></bandwidth>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'average' in element 'inbound': '-1'. Expected non-negative integer value")]
    [InlineData("<bandwidth><inbound average='0x10'/></bandwidth>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'average' in element 'inbound': '0x10'. Expected non-negative integer value")]
    [InlineData("<bandwidth><inbound average='1' peak='x'/></bandwidth>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'peak' in element 'inbound': 'x'. Expected non-negative integer value")]
    [InlineData("<bandwidth><inbound average='1' burst='x'/></bandwidth>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'burst' in element 'inbound': 'x'. Expected non-negative integer value")]
    [InlineData("<bandwidth><inbound average='1' floor='x'/></bandwidth>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'floor' in element 'inbound': 'x'. Expected non-negative integer value")]
    [InlineData("<bandwidth><inbound floor='4'/></bandwidth>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: floor attribute is not supported for this config")]
    [InlineData("<bandwidth><outbound floor='4'/></bandwidth>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: floor attribute is not supported for this config")]
    [InlineData("<bandwidth><outbound average='4' floor='4'/></bandwidth>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: floor attribute is not supported for this config")]
    [InlineData("<bandwidth><inbound average='99999999999999999999'/></bandwidth>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'average' in element 'inbound': '99999999999999999999'. Expected non-negative integer value")]
    [InlineData("<virtualport type=''/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: unknown virtualport type ")]
    [InlineData("<virtualport type='none'/>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: unknown virtualport type none")]
    [InlineData("<virtualport type='802.1Qbg'><parameters managerid='256'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: value of managerid out of range")]
    [InlineData("<virtualport type='802.1Qbg'><parameters managerid='x'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: cannot parse value of managerid parameter")]
    [InlineData("<virtualport type='802.1Qbg'><parameters managerid='-1'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: value of managerid out of range")]
    [InlineData("<virtualport type='802.1Qbg'><parameters managerid='4294967296'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: cannot parse value of managerid parameter")]
    [InlineData("<virtualport type='802.1Qbg'><parameters managerid=''/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: cannot parse value of managerid parameter")]
    [InlineData("<virtualport type='802.1Qbg'><parameters typeid='0x1000000'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: value for typeid out of range")]
    [InlineData("<virtualport type='802.1Qbg'><parameters typeid='x'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: cannot parse value of typeid parameter")]
    [InlineData("<virtualport type='802.1Qbg'><parameters typeidversion='x'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: cannot parse value of typeidversion parameter")]
    [InlineData("<virtualport type='802.1Qbg'><parameters typeidversion='256'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: value of typeidversion out of range")]
    [InlineData("<virtualport type='802.1Qbg'><parameters instanceid='x'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: cannot parse instanceid parameter as a uuid")]
    [InlineData("<virtualport type='802.1Qbg'><parameters profileid='x'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.Net,
        "XML error: extra profileid unsupported in <virtualport type='802.1Qbg'>")]
    [InlineData("<virtualport type='802.1Qbg'><parameters interfaceid='a1b2c3d4e5f60718293a4b5c6d7e8f90'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.Net,
        "XML error: extra interfaceid unsupported in <virtualport type='802.1Qbg'>")]
    [InlineData("<virtualport type='802.1Qbh'><parameters managerid='1'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.Net,
        "XML error: extra managerid unsupported in <virtualport type='802.1Qbh'>")]
    [InlineData("<virtualport type='802.1Qbh'><parameters typeid='1'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.Net,
        "XML error: extra typeid unsupported in <virtualport type='802.1Qbh'>")]
    [InlineData("<virtualport type='802.1Qbh'><parameters typeidversion='1'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.Net,
        "XML error: extra typeidversion unsupported in <virtualport type='802.1Qbh'>")]
    [InlineData("<virtualport type='802.1Qbh'><parameters instanceid='a1b2c3d4e5f60718293a4b5c6d7e8f90'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.Net,
        "XML error: extra instanceid unsupported in <virtualport type='802.1Qbh'>")]
    [InlineData("<virtualport type='802.1Qbh'><parameters interfaceid='a1b2c3d4e5f60718293a4b5c6d7e8f90'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.Net,
        "XML error: extra interfaceid unsupported in <virtualport type='802.1Qbh'>")]
    [InlineData("<virtualport type='802.1Qbh'><parameters profileid='0123456789012345678901234567890123456789'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: profileid parameter too long")]
    [InlineData("<virtualport type='openvswitch'><parameters interfaceid='x'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: cannot parse interfaceid parameter as a uuid")]
    [InlineData("<portgroup name='a'><virtualport type='none'/></portgroup>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: unknown virtualport type none")]
    [InlineData("<portgroup name='' default='YES'/>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Missing required name attribute in portgroup")]
    [InlineData("<portgroup name='a' trustGuestRxFilters='x'/>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'trustGuestRxFilters' in element 'portgroup': 'x'.")]
    [InlineData("<portgroup name='a'><bandwidth><inbound average='1' floor='3'/></bandwidth></portgroup>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: floor attribute is not supported for this config")]
    [InlineData("<portgroup name='a'><bandwidth classID='3'><inbound average='1'/></bandwidth></portgroup>", VirErrorCode.XmlDetail, VirErrorDomain.None,
        "classID attribute not supported on <bandwidth> in this usage context")]
    [InlineData("<vlan trunk='maybe'><tag id='5000'/><tag/></vlan>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: vlan tag id 5000 too large (maximum 4095)")]
    [InlineData("<vlan trunk='maybe'><tag id='50' nativeMode='x'/><tag/></vlan>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'nativeMode' in element 'tag': 'x'.")]
    [InlineData("<bandwidth><inbound average='x' peak='y' floor='2'/><outbound/></bandwidth>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'average' in element 'inbound': 'x'. Expected non-negative integer value")]
    [InlineData("<bandwidth><inbound average='1' floor='2'/><outbound/></bandwidth>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: floor attribute is not supported for this config")]
    [InlineData("<bandwidth><inbound average='1' floor='2'/><outbound average='1' floor='4'/></bandwidth>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: floor attribute is not supported for this config")]
    [InlineData("<bandwidth><inbound floor='2' peak='4'/></bandwidth>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: 'peak' and 'burst' require 'average' attribute")]
    [InlineData("<portgroup><vlan/></portgroup>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Missing required name attribute in portgroup")]
    [InlineData("<portgroup name='x'><vlan/><virtualport type='q'/><bandwidth><inbound/></bandwidth></portgroup>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: unknown virtualport type q")]
    [InlineData("<portgroup name='x'><vlan/><bandwidth><inbound/></bandwidth></portgroup>", VirErrorCode.XmlDetail, VirErrorDomain.None,
        "Missing mandatory average or floor attributes")]
    [InlineData("<portgroup name='x' trustGuestRxFilters='q'><vlan/></portgroup>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'trustGuestRxFilters' in element 'portgroup': 'q'.")]
    [InlineData("<portgroup name='x' default='q' trustGuestRxFilters='q'><virtualport type='q'/></portgroup>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'trustGuestRxFilters' in element 'portgroup': 'q'.")]
    [InlineData("<bandwidth><outbound average='x'/><inbound average='y'/></bandwidth>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'average' in element 'inbound': 'y'. Expected non-negative integer value")]
    [InlineData("<bandwidth classID='4'><inbound/></bandwidth>", VirErrorCode.XmlDetail, VirErrorDomain.None,
        "classID attribute not supported on <bandwidth> in this usage context")]
    [InlineData("<bandwidth><inbound average='1' floor='0'/></bandwidth>", VirErrorCode.ConfigUnsupported, VirErrorDomain.None,
        "unsupported configuration: floor attribute is not supported for this config")]
    [InlineData("<vlan trunk='maybe'><tag id='1'/><tag id='2'/></vlan>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: invalid \"trunk='maybe'\" in <vlan> - trunk='yes' is required for more than one vlan tag")]
    [InlineData("<vlan trunk='maybe'><tag id='1' nativeMode='tagged'/></vlan>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: invalid configuration in <vlan> - \"trunk='no'\" is not allowed with a native vlan id")]
    [InlineData("<virtualport type='802.1Qbg'><parameters profileid='0123456789012345678901234567890123456789' interfaceid='x'/></virtualport>", VirErrorCode.XmlError, VirErrorDomain.None,
        "XML error: profileid parameter too long")]
    public void A_mistake_is_refused_with_libvirts_code_domain_and_text(
        string xml, VirErrorCode code, VirErrorDomain domain, string message)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(Documents.Whole(xml)));
        Assert.Equal((code, domain, message), (refused.Code, refused.Domain, refused.Message));
        Assert.NotNull(refused.Position);
    }
}
