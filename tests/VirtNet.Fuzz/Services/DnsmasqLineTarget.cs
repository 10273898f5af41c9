using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Dnsmasq.Zone;

namespace VirtNet.Fuzz.Services;

/// <summary>Lines of the dnsmasq namespace, as DHCP and DNS read them.</summary>
internal sealed class DnsmasqLineTarget : TextTarget
{
    public override string Name => "dnsmasq-line";

    protected override IEnumerable<string> Texts =>
    [
        "dhcp-option=option:ntp-server,10.0.0.1,0.0.0.0", "dhcp-option-force=121,10.0.0.0/8,10.77.0.1", "dhcp-option=119,a.test,b.test",
        "dhcp-option=252,\"http://wpad/wpad.dat\"", "dhcp-option=3", "dhcp-option=43,01:02:ff", "dhcp-option=60,7i", "dhcp-option=option:66,x",
        "address=/a.test/b.test/192.0.2.1", "address=/#/::1", "server=/corp/192.0.2.1#5353", "server=192.0.2.1", "local=/lab/",
        "host-record=a,a.test,192.0.2.1,2001:db8::1,300", "cname=a,b,c,60", "txt-record=a,one,\"two,three\"", "srv-host=_x._tcp,t,1,2,3",
        "ptr-record=1.0.0.10.in-addr.arpa,a.test", "domain-needed", "no-resolv", "cache-size=100", "dhcp-match=set:efi,option:client-arch,7", "dhcp-boot=tag:!efi,a.0,,192.0.2.1",
        "dhcp-host=52:54:00:*:*:*,id:01:02,set:x,10.77.0.9,n,1h", "dhcp-range=set:x,10.77.0.5,10.77.0.9,255.255.255.0,1h", "dhcp-mac=set:x,52:*",
        "pxe-service=tag:x,x86PC,menu,file,192.0.2.1", "dhcp-option=option6:dns-server,[2001:db8::1]", "dhcp-option=vi-encap:9,10,text",
        "synth-domain=s.test,192.0.2.0/24,p-*", "auth-zone=z.test,192.0.2.0/24", "rev-server=192.0.2.0/25,192.0.2.1", "naptr-record=n,1,2,s,x,y,z",
    ];

    protected override IEnumerable<string> Terms =>
    [
        "dhcp-option=", "dhcp-option-force=", "option:", "option6:", "address=", "server=/", "host-record=", "cname=", "txt-record=", "srv-host=",
        "ptr-record=", ",", "/", "#", "\"", "0.0.0.0", "255.255.255.255/33", "/0", "::", "-2147483649", "4294967296", ".", "=", "119,", "121,", "249,",
    ];

    // Words, names, the tables of names that a zone is, and up to some hundred zones that one line of private subnets means.
    public override long AllocationBound(int length) => (1 << 20) + (400 * length);

    protected override void Decode(string text)
    {
        NetworkDefinition network = Guests.Network with { DnsmasqOptions = [text] };
        DnsmasqReading reading = DnsmasqReader.Read(network);
        Require.That(reading.Dhcp.Options.All(option => option.IsIpv6 || option.Value.Octets.Count <= 255), "options of legal length");
        _ = Dhcp4SettingsReader.Read(reading.Network);
        _ = DefinitionZone.Build(network);
    }
}
