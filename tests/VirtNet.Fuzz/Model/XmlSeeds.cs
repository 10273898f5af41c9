namespace VirtNet.Fuzz.Model;

/// <summary>Definitions with everything in them that can stand beside each other, and the words they are made of.</summary>
internal static class XmlSeeds
{
    public static IEnumerable<string> Networks =>
    [
        """
        <network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0' ipv6='yes' trustGuestRxFilters='no'>
          <name>lab</name><uuid>11111111-2222-3333-4444-555555555555</uuid><title>A lab</title><description>For &lt;us&gt;</description>
          <metadata><a:b xmlns:a='urn:a' c='1'>t<d/></a:b></metadata>
          <forward mode='nat' dev='eth0'><nat ipv6='yes'><address start='192.0.2.1' end='192.0.2.9'/><port start='1024' end='65535'/></nat>
            <interface dev='eth0'/></forward>
          <bridge name='virbr0' zone='trusted' stp='on' delay='2' macTableManager='libvirt'/><mtu size='1400'/><mac address='52:54:00:00:00:01'/>
          <domain name='lab.test' localOnly='yes' register='no'/>
          <dns enable='yes' forwardPlainNames='no'><forwarder domain='corp' addr='192.0.2.3'/><txt name='a' value='b'/>
            <srv service='ldap' protocol='tcp' domain='d' target='t' port='389' priority='1' weight='2'/>
            <host ip='10.1.0.2'><hostname>h</hostname><hostname>i</hostname></host></dns>
          <bandwidth><inbound average='1000' peak='5000' burst='1024'/><outbound average='128'/></bandwidth><port isolated='yes'/>
          <ip address='10.1.0.1' netmask='255.255.255.0' localPtr='yes'><tftp root='/t'/><dhcp><range start='10.1.0.10' end='10.1.0.20'>
            <lease expiry='1' unit='hours'/></range><host mac='52:54:00:00:00:02' name='h' ip='10.1.0.5'><lease expiry='0'/></host>
            <bootp file='f' server='10.1.0.9'/></dhcp></ip>
          <ip family='ipv6' address='2001:db8::1' prefix='64'><dhcp><range start='2001:db8::10' end='2001:db8::20'/><host id='0:4:1' name='x' ip='2001:db8::5'/></dhcp></ip>
          <route family='ipv4' address='10.9.0.0' prefix='16' gateway='10.1.0.7' metric='3'/>
          <dnsmasq:options><dnsmasq:option value='cname=a,b'/></dnsmasq:options>
        </network>
        """,
        """
        <network><name>pool</name><forward mode='passthrough' managed='yes'><pf dev='eth0'/></forward>
          <portgroup name='p' default='yes'><vlan trunk='yes'><tag id='42' nativeMode='untagged'/><tag id='7'/></vlan>
          <virtualport type='802.1Qbg'><parameters managerid='11' typeid='1193047' typeidversion='2' instanceid='b153fbbb-4aef-4c4d-9b7b-3a1c2e1c9d11'/></virtualport>
          <bandwidth><inbound average='1'/></bandwidth></portgroup></network>
        """,
        """
        <network><name>dev</name><forward mode='hostdev' managed='yes'><driver name='vfio'/><address type='pci' domain='0' bus='4' slot='0' function='1'/></forward></network>
        """,
        "<network connections='3'><name>br</name><forward mode='bridge'/><bridge name='br0'/><virtualport type='openvswitch'><parameters profileid='x'/></virtualport></network>",
        "<network><name>o</name><forward mode='open'/><ip address='10.1.0.1' prefix='24'/></network>",
        "<network><name>n</name></network>",
    ];

    public static IEnumerable<string> Words =>
    [
        "<network>", "</network>", "<ip ", "<dhcp>", "<range start='", "<host ", "<forward mode='", "nat", "route", "open", "bridge", "hostdev", "private",
        "<bridge ", "<dns>", "<vlan>", "<tag id='", "<portgroup name='", "<virtualport type='", "<bandwidth>", "<inbound average='", "<metadata>",
        "family='ipv6'", "address='", "prefix='", "netmask='", "start='", "end='", "mac='", "name='", "ip='", "10.1.0.1", "2001:db8::1", "255.255.255.255",
        "0", "-1", "65536", "4294967295", "4294967296", "18446744073709551616", "0x10", "1e9", "yes", "no", "''", "'/>", "/>", "'>", "<!--", "-->", "<![CDATA[", "]]>", "<?p?>",
        "<!DOCTYPE n [<!ENTITY e 'x'>]>", "&e;", "&lt;", "&#0;", "&#x10ffff;", "&#55296;", "xmlns='u'", "xmlns:x='u'", "x:", "\uFEFF", "\uFFFE", "“", "\u2028", "\r\n", "\t",
    ];
}
