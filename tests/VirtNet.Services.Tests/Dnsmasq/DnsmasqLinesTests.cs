using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq;

namespace VirtNet.Services.Tests.Dnsmasq;

public sealed class DnsmasqLinesTests
{
    private static readonly NetworkDefinition Lab = new()
    {
        Name = "lab",
        Bridge = new Bridge { Name = "virbr7" },
        Ips =
        [
            new IpDefinition(IPAddress.Parse("10.77.0.1"))
            {
                Prefix = 24,
                Ranges = [new DhcpRange(IPAddress.Parse("10.77.0.10"), IPAddress.Parse("10.77.0.20"))],
            },
            new IpDefinition(IPAddress.Parse("2001:db8:77::1")) { Family = "ipv6", Prefix = 64 },
        ],
    };

    [Theory]
    [InlineData("dhcp-host=52:54:00:00:00:01,10.77.0.30,web,12h", "52:54:00:00:00:01", "10.77.0.30", "web", 12 * 3600)]
    [InlineData("dhcp-host = 52:54:00:00:00:01 , web", "52:54:00:00:00:01", null, "web", null)]
    [InlineData("dhcp-host=10.77.0.31,web,300", null, "10.77.0.31", "web", 300)]
    [InlineData("dhcp-host=52:54:00:00:00:01,10.77.0.32,2d", "52:54:00:00:00:01", "10.77.0.32", null, 48 * 3600)]
    public void A_host_line_is_a_reservation(string line, string? mac, string? address, string? name, int? seconds)
    {
        DhcpHost host = Assert.Single(Expand(line).Ips[0].Hosts);
        Assert.Equal((mac, address, name), (host.Mac, host.Address?.ToString(), host.Name));
        Assert.Equal(seconds, (int?)host.Lease?.Duration?.TotalSeconds);
    }

    [Fact]
    public void A_host_line_with_an_id_is_one_of_ipv6()
    {
        DhcpHost host = Assert.Single(Expand("dhcp-host=id:00:01:02:03,[2001:db8:77::5],six").Ips[1].Hosts);
        Assert.Equal(("00:01:02:03", "2001:db8:77::5", "six"), (host.Id, host.Address?.ToString(), host.Name));
    }

    [Theory]
    [InlineData("dhcp-range=10.77.0.50,10.77.0.60", null)]
    [InlineData("dhcp-range=10.77.0.50,10.77.0.60,255.255.255.0,1h", 3600)]
    [InlineData("dhcp-range=10.77.0.50,10.77.0.60,infinite", null)]
    public void A_range_line_is_one_more_range(string line, int? seconds)
    {
        DhcpRange range = Expand(line).Ips[0].Ranges[1];
        Assert.Equal(("10.77.0.50", "10.77.0.60"), (range.Start.ToString(), range.End.ToString()));
        Assert.Equal(seconds, (int?)range.Lease?.Duration?.TotalSeconds);
    }

    [Theory]
    [InlineData("dhcp-option=42,10.77.0.5")]
    [InlineData("dhcp-option-force=option:ntp-server,10.77.0.5")]
    [InlineData("dhcp-authoritative")]
    [InlineData("address=/wild.test/10.9.9.9")]
    [InlineData("cname=a.test,b.test")]
    [InlineData("txt-record=t.test,\"x\"")]
    [InlineData("no-resolv")]
    public void What_services_read_themselves_is_left_to_them(string line) => Assert.Equal(Lab.Ips, Expand(line).Ips);

    [Theory]
    [InlineData("foo=bar")]
    [InlineData("")]
    [InlineData("dhcp-script=/bin/true")]
    [InlineData("log-queries")]
    [InlineData("dhcp-option=option6:dns-server,[2001:db8::1]")]
    [InlineData("dhcp-option=tag:red,3,10.77.0.1")]
    [InlineData("dhcp-host=52:54:00:00:00:01,ignore")]
    [InlineData("dhcp-host=52:54:00:00:00:01")]
    [InlineData("dhcp-host=52:54:00:00:00:01,set:red,10.77.0.30")]
    [InlineData("dhcp-host=52:54:00:00:00:01,192.0.2.1")]
    [InlineData("dhcp-range=tag:red,10.77.0.50,10.77.0.60")]
    [InlineData("dhcp-range=10.77.0.60,10.77.0.50")]
    [InlineData("dhcp-range=10.77.0.50,static")]
    [InlineData("dhcp-range=192.0.2.1,192.0.2.9")]
    [InlineData("srv-host=.")]
    public void A_line_that_nobody_honours_is_named(string line)
    {
        VirtNetException e = Assert.Throws<VirtNetException>(() => Expand(line));
        Assert.Equal(VirErrorCode.ConfigUnsupported, e.Code);
        Assert.Contains($"dnsmasq option '{line}' of network 'lab' is ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_dnsmasq_would_run_the_lines_mean_nothing()
    {
        NetworkDefinition without = Lab with { Ips = [], DnsmasqOptions = ["foo=bar"] };
        Assert.Same(without, DnsmasqLines.Expand(without));
    }

    private static NetworkDefinition Expand(string line) => DnsmasqLines.Expand(Lab with { DnsmasqOptions = [line] });
}
