using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>What libvirt says, measured with libvirt 9.0 and corrected where 11.3 says something else.</summary>
public class DhcpRefusalTests
{
    [Theory]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><range start='' end='10.1.1.4'/></dhcp></ip>", VirErrorCode.SystemError, VirErrorDomain.None,
        "Cannot parse socket address '': Name or service not known")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><range start='10.1.1.4'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Missing 'end' attribute in dhcp range for network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><range start='10.1.1.4' end='2001:db8::1'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: mismatch of address family in range 10.1.1.4 - 2001:db8::1")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><range start='2001:db8::1' end='2001:db8::1'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: mismatch of address family in range 2001:db8::1 - 2001:db8::1 for network 10.1.1.1")]
    [InlineData("<ip address='250.1.1.1'><dhcp><range start='10.1.1.4' end='10.1.1.9'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: bad prefix -1 for network 250.1.1.1 when checking range 10.1.1.4 - 10.1.1.9")]
    [InlineData("<ip address='10.1.1.1' netmask='255.0.255.0'><dhcp><range start='10.1.1.4' end='10.1.1.9'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: bad prefix -1 for network 10.1.1.1 when checking range 10.1.1.4 - 10.1.1.9")]
    [InlineData("<ip address='10.1.1.1' netmask='255.255.255.0'><dhcp><range start='10.1.2.4' end='10.1.2.9'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: range 10.1.2.4 - 10.1.2.9 is not entirely within network 10.1.1.1/24")]
    [InlineData("<ip address='10.1.1.1' prefix='31'><dhcp><range start='10.1.1.0' end='10.1.1.1'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: start of range 10.1.1.0 - 10.1.1.1 in network 10.1.1.1/31 is the network address")]
    [InlineData("<ip address='10.1.1.1' prefix='32'><dhcp><range start='10.1.1.1' end='10.1.1.1'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: start of range 10.1.1.1 - 10.1.1.1 in network 10.1.1.1/32 is the network address")]
    [InlineData("<ip address='10.0.0.1' prefix='8'><dhcp><range start='10.1.0.0' end='10.2.0.0'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: range 10.1.0.0 - 10.2.0.0 is too large (> 65535)")]
    [InlineData("<ip address='2001:db8::1' family='ipv6' prefix='64'><dhcp><range start='2001:db8::fffe' end='2001:db8::1:1'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: range 2001:db8::fffe - 2001:db8::1:1 is too large (> 65535)")]
    [InlineData("<ip address='2001:db8::1' family='ipv6' prefix='64'><dhcp><range start='2001:db9::fffe' end='2001:db9::ffff'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: range 2001:db9::fffe - 2001:db9::ffff is not entirely within network 2001:db8::1/64")]
    [InlineData("<ip address='2001:db8::1' family='ipv6' prefix='64'><dhcp><range start='10.1.1.1' end='10.1.1.1'/></dhcp></ip>", VirErrorCode.InternalError, VirErrorDomain.None,
        "internal error: mismatch of address family in range 10.1.1.1 - 10.1.1.1 for network 2001:db8::1")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><range start='10.1.1.4' end='10.1.1.9'><lease expiry=''/></range></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'expiry' in element 'lease': ''. Expected non-negative integer value")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><range start='10.1.1.4' end='10.1.1.9'><lease expiry='-1'/></range></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Invalid value for attribute 'expiry' in element 'lease': '-1'. Expected non-negative integer value")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><range start='10.1.1.4' end='10.1.1.9'/><bootp/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Xml,
        "XML error: Missing required attribute 'file' in element 'bootp'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><range start='10.1.1.4' end='10.1.1.9'/><bootp file='a' server='x'/></dhcp></ip>", VirErrorCode.SystemError, VirErrorDomain.None,
        "Cannot parse socket address 'x': Name or service not known")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host mac='' ip='10.1.1.9'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Cannot parse MAC address '' in network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host mac='01:00:00:00:00:01' ip='10.1.1.9'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: expected unicast mac address, found multicast '01:00:00:00:00:01' in network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host mac='x' id='' ip='10.1.1.9'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Cannot parse MAC address 'x' in network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host name='' ip='10.1.1.9'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Cannot use host name '' in network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host name='é' ip='10.1.1.9'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Cannot use host name 'é' in network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host name='a'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Missing IP address in static host definition for network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host name='a' ip=''/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid IP address in static host definition for network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host name='a' ip='zz'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid IP address in static host definition for network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host ip='zz'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid IP address in static host definition for network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Static host definition in IPv4 network 'n' must have mac or name attribute")]
    [InlineData("<ip address='2001:db8::1' family='ipv6' prefix='64'><dhcp><host mac='01:00:00:00:00:01' ip='2001:db8::9'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid to specify MAC address '01:00:00:00:00:01' in network 'n' IPv6 static host definition")]
    [InlineData("<ip address='2001:db8::1' family='ipv6' prefix='64'><dhcp><host name='a'/></dhcp></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Missing IP address in static host definition for network 'n'")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><host name='a' ip='10.1.1.9'><lease expiry='1'/></host></dhcp></ip>", VirErrorCode.ConfigUnsupported, VirErrorDomain.Network,
        "unsupported configuration: The minimum lease time should be greater than 2 minutes")]
    [InlineData("<ip address='1.1.1.1' prefix='8'><dhcp><host/><range start='x' end='y'/><bootp server='q'/></dhcp><tftp/></ip>", VirErrorCode.SystemError, VirErrorDomain.None,
        "Cannot parse socket address 'x': Name or service not known")]
    [InlineData("<ip address='1.1.1.1' prefix='8'><dhcp><host mac='x' id='q' name='-' ip='z'/></dhcp><tftp/></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Cannot parse MAC address 'x' in network 'n'")]
    [InlineData("<ip address='1.1.1.1' prefix='8'><dhcp><host ip='z' id='q' name='-'/></dhcp><tftp/></ip>", VirErrorCode.XmlError, VirErrorDomain.Network,
        "XML error: Invalid character 'q' in id 'q' of network 'n'")]
    public void A_mistake_is_refused_with_libvirts_code_domain_and_text(
        string xml, VirErrorCode code, VirErrorDomain domain, string message)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(Documents.Whole(xml)));
        Assert.Equal((code, domain, message), (refused.Code, refused.Domain, refused.Message));
        Assert.NotNull(refused.Position);
    }
}
