using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Fuzz.Services;

/// <summary>The network whose servers are fuzzed: small ranges, so that they run out, and reservations of every kind.</summary>
internal static class Guests
{
    public static readonly Guid NetworkId = Guid.Parse("11111111-2222-3333-4444-555555555555");

    public static readonly NetworkDefinition Network = NetworkXml.Parse(
        """
        <network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
          <name>lab</name>
          <uuid>11111111-2222-3333-4444-555555555555</uuid>
          <forward mode='nat'/>
          <bridge name='virbr0'/>
          <mtu size='1400'/>
          <domain name='lab.test' localOnly='yes'/>
          <dns>
            <forwarder addr='192.0.2.53'/>
            <forwarder domain='corp.test' addr='192.0.2.54'/>
            <txt name='note' value='one,two'/>
            <srv service='ldap' protocol='tcp' domain='lab.test' target='dc.lab.test' port='389' priority='1' weight='2'/>
            <host ip='10.77.0.9'><hostname>nine</hostname><hostname>nine.lab.test</hostname></host>
            <host ip='2001:db8:7::9'><hostname>nine</hostname></host>
          </dns>
          <ip address='10.77.0.1' prefix='24' localPtr='yes'>
            <tftp root='/nowhere'/>
            <dhcp>
              <range start='10.77.0.10' end='10.77.0.13'/>
              <range start='10.77.0.250' end='10.77.0.254'><lease expiry='300' unit='seconds'/></range>
              <host mac='52:54:00:00:00:01' name='bymac' ip='10.77.0.201'/>
              <host name='byname' ip='10.77.0.202'/>
              <host mac='52:54:00:00:00:02' name='inrange' ip='10.77.0.12'><lease expiry='0'/></host>
              <host mac='52:54:00:00:00:03' name='nameonly' ip='192.0.2.9'/>
              <bootp file='pxelinux.0'/>
            </dhcp>
          </ip>
          <ip family='ipv6' address='2001:db8:7::1' prefix='64' localPtr='yes'>
            <dhcp>
              <range start='2001:db8:7::10' end='2001:db8:7::13'/>
              <host id='0:4:a:b:c' name='byid' ip='2001:db8:7::201'/>
              <host name='byname' ip='2001:db8:7::202'/>
              <host id='0:4:0:2' name='inrange' ip='2001:db8:7::12'/>
            </dhcp>
          </ip>
          <dnsmasq:options>
            <dnsmasq:option value='dhcp-option=option:ntp-server,10.77.0.1'/>
            <dnsmasq:option value='dhcp-option-force=121,10.0.0.0/8,10.77.0.1'/>
            <dnsmasq:option value='cname=alias.lab.test,nine.lab.test'/>
            <dnsmasq:option value='cname=loop.lab.test,pool.lab.test'/>
            <dnsmasq:option value='cname=pool.lab.test,loop.lab.test'/>
            <dnsmasq:option value='address=/fixed.test/10.9.9.9'/>
            <dnsmasq:option value='server=/default.test/#'/>
            <dnsmasq:option value='ptr-record=1.2.3.4.in-addr.arpa,other.test'/>
          </dnsmasq:options>
        </network>
        """).Definition;
}
