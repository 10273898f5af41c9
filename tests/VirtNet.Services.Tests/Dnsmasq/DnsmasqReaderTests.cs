using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Services.Tests.Dnsmasq;

public sealed class DnsmasqReaderTests
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

    public static TheoryData<string> MeasuredLines =>
        [.. Measurement.ReadLines("lines.txt").Where(line => line.StartsWith("+ ", StringComparison.Ordinal) || line.StartsWith("- ", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(MeasuredLines))]
    public void A_line_is_taken_where_dnsmasq_takes_it(string measured)
    {
        DnsmasqReading reading = Read(measured[2..]);
        if (measured[0] == '-')
        {
            Assert.Single(reading.Refused);
        }
        else
        {
            Assert.DoesNotContain(reading.Refused, line => line.Reason is "is malformed" or "is none that dnsmasq has");
        }
    }

    [Theory]
    [InlineData("dhcp-host=52:54:00:00:00:01,10.77.0.30,web,12h", "52:54:00:00:00:01", "10.77.0.30", "web", 12 * 3600)]
    [InlineData("dhcp-host = 52:54:00:00:00:01 , web", "52:54:00:00:00:01", null, "web", null)]
    [InlineData("dhcp-host=10.77.0.31,web,300", null, "10.77.0.31", "web", 300)]
    [InlineData("dhcp-host=52:54:00:00:00:01,10.77.0.32,2d", "52:54:00:00:00:01", "10.77.0.32", null, 48 * 3600)]
    [InlineData("dhcp-host=52:54:00:00:00:01,set:red,10.77.0.33,60", "52:54:00:00:00:01", "10.77.0.33", null, 120)]
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
    [InlineData("dhcp-range=10.77.0.60,10.77.0.50", null)]
    [InlineData("dhcp-range=10.77.0.50,10.77.0.60,255.255.255.0,1h", 3600)]
    [InlineData("dhcp-range=set:red,10.77.0.50,10.77.0.60,infinite", null)]
    public void A_range_line_is_one_more_range(string line, int? seconds)
    {
        DhcpRange range = Expand(line).Ips[0].Ranges[1];
        Assert.Equal(("10.77.0.50", "10.77.0.60"), (range.Start.ToString(), range.End.ToString()));
        Assert.Equal(seconds, (int?)range.Lease?.Duration?.TotalSeconds);
    }

    [Fact]
    public void A_range_of_ipv6_is_one_too()
    {
        DhcpRange range = Assert.Single(Expand("dhcp-range=2001:db8:77::10,2001:db8:77::20,64,2h").Ips[1].Ranges);
        Assert.Equal(("2001:db8:77::10", 7200), (range.Start.ToString(), (int?)range.Lease?.Duration?.TotalSeconds));
    }

    [Theory]
    [InlineData("dhcp-option=42,10.77.0.5")]
    [InlineData("dhcp-authoritative")]
    [InlineData("address=/wild.test/10.9.9.9")]
    [InlineData("txt-record=t.test,\"x\"")]
    [InlineData("interface=virbr7")]
    [InlineData("listen-address=10.77.0.1")]
    [InlineData("# nothing")]
    public void What_services_read_themselves_is_left_to_them(string line)
    {
        Assert.Equal(Lab.Ips, Expand(line).Ips);
        Assert.Null(Read(line).Warning);
    }

    [Fact]
    public void A_domain_is_the_networks() => Assert.Equal("a.test", Expand("domain=a.test").Domain?.Name);

    [Fact]
    public void Lines_that_guests_do_not_notice_are_one_warning() => Assert.Equal(
        "dnsmasq options of network 'lab' without effect here: 'log-queries', 'no-ping', 'listen-address=192.0.2.1'",
        Read("log-queries", "address=/a.test/10.9.9.9", "no-ping", "listen-address=192.0.2.1").Warning);

    [Theory]
    [InlineData("dhcp-range=192.0.2.1,192.0.2.9")]
    [InlineData("dhcp-range=2001:db8:99::,static,64")]
    [InlineData("dhcp-range=::1,::f,constructor:eth0")]
    [InlineData("dhcp-option=256,1")]
    [InlineData("dhcp-option=0,1")]
    [InlineData("dhcp-match=set:x,256")]
    [InlineData("conntrack")]
    [InlineData("ipset=/a.test/x")]
    public void A_line_that_no_guest_notices_is_told_and_taken(string line) =>
        Assert.EndsWith($"without effect here: '{line}'", Read(line).ThrowIfRefused().Warning, StringComparison.Ordinal);

    [Theory]
    [InlineData("server=/a.test/192.0.2.1@eth0")]
    [InlineData("interface-name=me,lo")]
    [InlineData("tftp-secure")]
    public void A_line_that_counts_in_part_is_told(string line) => Assert.StartsWith(
        $"dnsmasq option '{line}' of network 'lab' counts only in part: ", Assert.Single(Read(line).ThrowIfRefused().Warnings), StringComparison.Ordinal);

    [Theory]
    [InlineData("domain=a.test,10.77.0.0/24", "a.test", null)]
    [InlineData("domain=a.test,10.0.0.0/8,local", "a.test", true)]
    [InlineData("domain=a.test,virbr7", "a.test", null)]
    [InlineData("domain=a.test,192.0.2.0/24", null, null)]
    public void A_domain_of_some_addresses_is_the_networks_if_they_are_its_own(string line, string? name, bool? isLocal)
    {
        DomainName? domain = Expand(line).Domain;
        Assert.Equal((name, isLocal), (domain?.Name, domain?.LocalOnly));
    }

    [Fact]
    public void Lines_may_be_in_files()
    {
        using TempFolder files = new();
        File.WriteAllText(files["opts"], "# a comment\n42,10.77.0.5\n252,\"\\n\"\n");
        File.WriteAllText(files["hosts"], "52:54:00:00:00:01,10.77.0.30,web\n");
        DnsmasqReading reading = Read($"dhcp-optsfile={files["opts"]}", $"dhcp-hostsfile={files["hosts"]}").ThrowIfRefused();
        Assert.Equal([252, 42], reading.Dhcp.Options.Select(option => option.Code));
        Assert.Equal("web", Assert.Single(reading.Network.Ips[0].Hosts).Name);
        Assert.NotNull(Read($"dhcp-optsfile={files["none"]}").ThrowIfRefused().Warning);
    }

    [Fact]
    public void Lines_about_TFTP_say_how_files_are_served() => Assert.Equal(
        new TftpRules { RefusesBlockSize = true, LowersNames = true, HasFolderForEach = true, Mtu = 600 },
        Read("tftp-no-blocksize", "tftp-lowercase", "tftp-unique-root", "tftp-mtu=600").ThrowIfRefused().Tftp);

    [Theory]
    [InlineData("foo=bar", "is none that dnsmasq has")]
    [InlineData("dhcp-option=3,x", "is malformed")]
    [InlineData("dhcp-option=\"3", "is malformed")]
    [InlineData("conf-file=/etc/x", "is not supported")]
    [InlineData("dhcp-relay=10.77.0.1,192.0.2.1", "is not supported")]
    [InlineData("dhcp-range=10.77.0.0,proxy", "is not supported")]
    [InlineData("except-interface=virbr7", "is not supported")]
    [InlineData("tftp-unique-root=mac", "is not supported")]
    [InlineData("domain=a.test,10.77.0.5,10.77.0.9", "is not supported")]
    [InlineData("dynamic-host=a.test,0.0.0.5,eth0", "is not supported")]
    public void A_line_that_nobody_honours_is_named(string line, string why)
    {
        VirtNetException e = Assert.Throws<VirtNetException>(() => Expand(line));
        Assert.Equal(
            (VirErrorCode.ConfigUnsupported, $"unsupported configuration: dnsmasq option '{line}' of network 'lab' {why}"), (e.Code, e.Message));
    }

    [Fact]
    public void All_lines_that_nobody_honours_are_named_at_once() => Assert.EndsWith(
        "dnsmasq options of network 'lab': 'foo=bar' is none that dnsmasq has; 'conf-dir=/x' is not supported",
        Assert.Throws<VirtNetException>(() => Read("foo=bar", "no-ping", "conf-dir=/x").ThrowIfRefused()).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_root_for_tftp_counts_where_tftp_is_switched_on()
    {
        Assert.Null(Read("tftp-root=/srv").Network.Ips[0].TftpRoot);
        Assert.Equal("/srv", Read("tftp-root=/srv", "enable-tftp").Network.Ips[0].TftpRoot);
        Assert.Single(Read("enable-tftp").Refused);
    }

    [Fact]
    public void A_zone_needs_its_server() => Assert.Single(Read("auth-zone=a.test").Refused);

    [Fact]
    public void Where_no_dnsmasq_would_run_the_lines_mean_nothing()
    {
        NetworkDefinition without = Lab with { Ips = [], DnsmasqOptions = ["foo=bar"] };
        Assert.Same(without, DnsmasqReader.Read(without).ThrowIfRefused().Network);
    }

    private static DnsmasqReading Read(params string[] lines) => DnsmasqReader.Read(Lab with { DnsmasqOptions = lines.ToValueList() });

    private static NetworkDefinition Expand(string line) => Read(line).ThrowIfRefused().Network;
}
