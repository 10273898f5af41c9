using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Dnsmasq;
using VirtNet.Services.Ra;
using VirtNet.Services.Tests.Leases;
using VirtNet.Wire.Ndisc;

namespace VirtNet.Services.Tests.Dnsmasq;

/// <summary>What lines say about DHCPv6 and router advertisements.</summary>
public sealed class Ipv6LinesTests
{
    private static readonly NetworkDefinition Lab = new()
    {
        Name = "lab",
        Uuid = TestLease.Network,
        Bridge = new Bridge { Name = "virbr7" },
        Ips = [new IpDefinition(IPAddress.Parse("2001:db8:77::1")) { Family = "ipv6", Prefix = 64 }],
    };

    [Theory]
    [InlineData("dhcp-option=option6:bootfile-url,http://[fd00::1]:8088/a.ipxe", 59, "687474703a2f2f5b666430303a3a315d3a383038382f612e69707865")]
    [InlineData("dhcp-option=option6:ntp-server,[fd00::1]", 56, "00010010fd000000000000000000000000000001")]
    [InlineData("dhcp-option=option6:ntp-server,ntp.lab.test", 56, "0003000e036e7470036c6162047465737400")]
    [InlineData("dhcp-option=option6:dns-server,[::],[2001:db8::5]", 23, "20010db800770000000000000000000120010db8000000000000000000000005")]
    [InlineData("dhcp-option=option6:domain-search,lab.test,a.test", 24, "036c616204746573740001610474657374" + "00")]
    [InlineData("dhcp-option=option6:bootfile-param,one,two", 60, "00036f6e650003" + "74776f")]
    [InlineData("dhcp-option=option6:23,2001:db8::5", 23, "20010db8000000000000000000000005")]
    public void An_option_is_sent_as_dnsmasq_sends_it(string line, int code, string value)
    {
        Dhcp6ExtraOption option = Assert.Single(Dhcp6SettingsReader.Read(
            Read(line, "dhcp-range=2001:db8:77::10,2001:db8:77::20,64").Network)!.ExtraOptions);
        Assert.Equal((code, value), ((int)option.Code, Convert.ToHexStringLower(option.Value.AsSpan())));
    }

    // M, O and A flags, measured: what libvirt writes for an address without DHCP is "address,ra-only".
    [Theory]
    [InlineData(null, false, false, true)]
    [InlineData("dhcp-range=2001:db8:77::10,2001:db8:77::20,64,1h", true, true, true)]
    [InlineData("dhcp-range=2001:db8:77::,ra-stateless", false, true, true)]
    [InlineData("dhcp-range=2001:db8:77::,static", true, true, true)]
    [InlineData("dhcp-range=::,constructor:virbr7,ra-only", false, false, true)]
    public void The_mode_of_a_range_is_advertised(string? line, bool managed, bool other, bool autonomous)
    {
        NetworkDefinition network = line is null ? Lab : Read(line).Network;
        RouterAdvertisement advertisement = RaSettings.For(network)!;
        Assert.Equal(
            (managed, other, autonomous), (advertisement.Managed, advertisement.Other, Assert.Single(advertisement.Prefixes).Autonomous));
        Assert.Equal(other, Dhcp6SettingsReader.Read(network) is not null);
    }

    private static DnsmasqReading Read(params string[] lines) =>
        DnsmasqReader.Read(Lab with { DnsmasqOptions = lines.ToValueList() }).ThrowIfRefused();
}
