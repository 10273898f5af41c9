using System.Buffers.Binary;
using System.Net;
using System.Text;
using VirtNet.Model;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Ra;
using VirtNet.Services.Tests.Dhcp6;
using VirtNet.Services.Tests.Leases;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp6;
using VirtNet.Wire.Ndisc;
using VirtNet.Wire.Tests.Dhcp6;

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

    [Fact]
    public void A_client_is_known_by_its_MAC_and_gets_what_its_tags_say()
    {
        Dhcp6Bench bench = new(Dhcp6Bench.Network with
        {
            DnsmasqOptions =
            [
                "dhcp-host=52:54:00:c0:00:01,[2001:db8:7::77],set:red", "dhcp-host=52:54:00:c0:00:02,ignore", "dhcp-match=set:efi,option6:61,7",
                "dhcp-option=tag:red,option6:59,red", "dhcp-option=option6:59,all", "dhcp-option=tag:efi,option6:59,efi",
            ],
        });
        Dhcp6Request client = new() { Duid = "00:04:01", OptionRequest = [59] };
        Dhcp6Decision.Answer answer = bench.Ask(Dhcp6MessageType.Solicit, client);
        Assert.Equal("2001:db8:7::77", Dhcp6Bench.TextOf(Assert.Single(answer.Ias)));
        Assert.Equal("red", BootUrl(bench, client, answer));
        bench.Mac = "52:54:00:c0:00:03";
        Assert.Equal("all", BootUrl(bench, client, bench.Ask(Dhcp6MessageType.Solicit, client)));
        bench.Mac = "52:54:00:c0:00:02";
        Assert.Equal(new Dhcp6Decision.Ignore(Dhcp6Drop.Ignored), bench.Decide(client with { Type = Dhcp6MessageType.Solicit }));
    }

    [Fact]
    public void An_address_without_a_prefix_is_one_of_the_subnet()
    {
        Dhcp6Bench bench = new(DnsmasqReader.Read(
            Dhcp6Bench.Network with { DnsmasqOptions = ["dhcp-host=52:54:00:c0:00:01,[::77]", "dhcp-host=id:00:04:09,[::78],web"] }).Network);
        Assert.Equal("2001:db8:7::77", bench.Bind(new Dhcp6Request { Duid = "00:04:01" }));
        bench.Mac = "52:54:00:c0:00:02";
        Assert.Equal("2001:db8:7::78", bench.Bind(new Dhcp6Request { Duid = "00:04:09" }));
    }

    [Fact]
    public void Of_several_addresses_a_client_gets_one_that_is_free()
    {
        Dhcp6Bench bench = new(DnsmasqReader.Read(
            Dhcp6Bench.Network with { DnsmasqOptions = ["dhcp-host=52:54:00:c0:00:*,[::74/126]"] }).Network);
        Assert.Equal("2001:db8:7::74", bench.Bind(new Dhcp6Request { Duid = "00:04:01" }));
        bench.Mac = "52:54:00:c0:00:02";
        Assert.Equal("2001:db8:7::75", bench.Bind(new Dhcp6Request { Duid = "00:04:09" }));
        bench.Mac = "52:54:00:c0:00:01";
        Assert.Equal("2001:db8:7::74", bench.Bind(new Dhcp6Request { Duid = "00:04:01" }));
        Assert.Single(DnsmasqReader.Read(Dhcp6Bench.Network with { DnsmasqOptions = ["dhcp-host=52:54:00:c0:00:01,[::75/126]"] }).Refused);
    }

    [Fact]
    public void Who_is_promised_an_address_of_another_subnet_gets_one_of_this()
    {
        Dhcp6Bench bench = new(DnsmasqReader.Read(
            Dhcp6Bench.Network with { DnsmasqOptions = ["dhcp-host=52:54:00:c0:00:01,[2001:db8:99::77]"] }).Network);
        Assert.StartsWith("2001:db8:7::", bench.Bind(new Dhcp6Request { Duid = "00:04:01" }), StringComparison.Ordinal);
    }

    private static string BootUrl(Dhcp6Bench bench, Dhcp6Request client, Dhcp6Decision.Answer answer) =>
        Encoding.ASCII.GetString(OptionOf(59, bench, client, answer));

    private static byte[] OptionOf(int wanted, Dhcp6Bench bench, Dhcp6Request client, Dhcp6Decision.Answer answer)
    {
        Assert.True(Dhcp6Message.TryParse((client with { Type = answer.Type == Dhcp6MessageType.Reply ? Dhcp6MessageType.InformationRequest : Dhcp6MessageType.Solicit }).ToArray(), out Dhcp6Message message));
        byte[] buffer = new byte[Dhcp6Reply.MaxLength];
        WireReader reader = new(buffer.AsSpan(0, Dhcp6Reply.Write(buffer, message, answer, Dhcp6Bench.Server, bench.Settings)));
        reader.Skip(Dhcp6Message.HeaderLength);
        while (reader.Remaining > 0)
        {
            ushort code = reader.ReadUInt16();
            ReadOnlySpan<byte> value = reader.ReadBytes(reader.ReadUInt16());
            if (code == wanted)
            {
                return value.ToArray();
            }
        }

        return [];
    }

    [Fact]
    public void A_client_that_boots_over_http_gets_the_url_of_the_boot_file_and_what_makes_it_take_that()
    {
        Dhcp6Bench bench = new(Dhcp6Bench.Network with
        {
            DnsmasqOptions = ["dhcp-boot=http://[2001:db8:7::1]/all.efi", "dhcp-match=set:arm,option6:61,19", "dhcp-boot=tag:arm,http://[2001:db8:7::1]/arm.efi"],
        });
        byte[] httpClient = [0, 16, 0, 16, 0, 0, 1, 0x57, 0, 10, .. "HTTPClient"u8];
        Dhcp6Request client = new() { Duid = "00:04:01", OptionRequest = [59], Extra = httpClient };
        Dhcp6Decision.Answer answer = bench.Ask(Dhcp6MessageType.Solicit, client);
        Assert.Equal("http://[2001:db8:7::1]/all.efi", Encoding.ASCII.GetString(OptionOf(59, bench, client, answer)));
        Assert.Equal(httpClient[4..], OptionOf(16, bench, client, answer));
        client = client with { Extra = [.. httpClient, 0, 61, 0, 2, 0, 19] };
        answer = bench.Ask(Dhcp6MessageType.Solicit, client);
        Assert.Equal("http://[2001:db8:7::1]/arm.efi", Encoding.ASCII.GetString(OptionOf(59, bench, client, answer)));
        client = client with { Extra = [] };
        Assert.Empty(OptionOf(59, bench, client, bench.Ask(Dhcp6MessageType.Solicit, client)));
    }

    [Fact]
    public void A_range_of_a_tag_is_for_clients_that_have_it_and_gives_them_another()
    {
        Dhcp6Bench bench = new(DnsmasqReader.Read(Dhcp6Bench.Network with
        {
            Ips = [Dhcp6Bench.Address with { Ranges = [] }],
            DnsmasqOptions =
            [
                "dhcp-range=tag:red,set:inside,2001:db8:7::40,2001:db8:7::4f", "dhcp-range=tag:!red,2001:db8:7::50,2001:db8:7::5f,64,deprecated",
                "dhcp-mac=set:red,52:54:00:c0:00:01", "dhcp-option=tag:inside,option6:59,inside",
            ],
        }).Network);
        Dhcp6Request client = new() { Duid = "00:04:01", OptionRequest = [59] };
        Dhcp6Decision.Answer answer = bench.Ask(Dhcp6MessageType.Solicit, client, "2001:db8:7::55");
        Assert.StartsWith("2001:db8:7::4", Dhcp6Bench.TextOf(Assert.Single(answer.Ias)), StringComparison.Ordinal);
        Assert.Equal("inside", BootUrl(bench, client, answer));
        Assert.False(answer.Ias[0].IsDeprecated);
        bench.Mac = "52:54:00:c0:00:02";
        client = client with { Duid = "00:04:77" };
        answer = bench.Ask(Dhcp6MessageType.Solicit, client, "2001:db8:7::45");
        Assert.StartsWith("2001:db8:7::5", Dhcp6Bench.TextOf(Assert.Single(answer.Ias)), StringComparison.Ordinal);
        Assert.Equal("", BootUrl(bench, client, answer));
        Assert.True(answer.Ias[0].IsDeprecated);
    }

    [Theory]
    [InlineData("dhcp-range=2001:db8:77::10,2001:db8:77::20,64,1h", true, false)]
    [InlineData("dhcp-range=2001:db8:77::,ra-only,64,deprecated", true, true)]
    [InlineData("dhcp-range=2001:db8:77::,ra-only,off-link,64", false, false)]
    public void A_prefix_is_advertised_as_its_range_says(string line, bool onLink, bool deprecated)
    {
        AdvertisedPrefix prefix = Assert.Single(RaSettings.For(Read(line).Network)!.Prefixes);
        Assert.Equal((onLink, deprecated), (prefix.OnLink, prefix.Deprecated));
    }

    [Theory]
    [InlineData("ra-param=virbr7,60", RouterPreference.Medium, 180, 1500u, 60)]
    [InlineData("ra-param=virbr*,low,0", RouterPreference.Low, 1800, 1500u, null)]
    [InlineData("ra-param=*,high,2,100", RouterPreference.High, 100, 1500u, 4)]
    [InlineData("ra-param=virbr7,mtu:1400,high,60,30", RouterPreference.High, 60, 1400u, 60)]
    [InlineData("ra-param=virbr7,mtu:off,0,0", RouterPreference.Medium, 0, 0u, null)]
    [InlineData("ra-param=virbr7,5000,20000", RouterPreference.Medium, 9000, 1500u, 1800)]
    public void How_the_router_is_advertised_is_what_a_line_says(string line, RouterPreference preference, int lifetime, uint mtu, int? interval)
    {
        NetworkDefinition network = Read("ra-param=*,0,0", line).Network with { Forward = new Forward(ForwardMode.Nat) };
        RaContent content = RaSettings.ContentOf(network)!;
        RouterAdvertisement advertisement = content.Advertisement;
        Assert.Equal((preference, lifetime, mtu), (advertisement.Preference, advertisement.RouterLifetime, advertisement.Mtu));
        Assert.Equal(interval, (int?)content.Interval?.TotalSeconds);
    }

    [Fact]
    public void What_a_line_about_ranges_or_routers_does_not_do_here_is_told()
    {
        Assert.Equal(
            "dnsmasq option 'dhcp-range=2001:db8:77::,ra-names' of network 'lab' counts only in part: 'ra-names' gives guests no names",
            Assert.Single(Read("dhcp-range=2001:db8:77::,ra-names").Warnings));
        Assert.EndsWith("a tag chooses among addresses, and it gives out none", Assert.Single(Read("dhcp-range=tag:a,2001:db8:77::,ra-stateless").Warnings), StringComparison.Ordinal);
        Assert.EndsWith("without effect here: 'ra-param=eth9,60'", Assert.Single(Read("ra-param=eth9,60").Warnings), StringComparison.Ordinal);
        Assert.Single(DnsmasqReader.Read(Lab with { DnsmasqOptions = ["ra-param=virbr7,mtu:eth1,60"] }).Refused);
        Assert.Empty(Read("dhcp-range=2001:db8:77::10,2001:db8:77::20,off-link,64,deprecated").Warnings);
    }

    [Fact]
    public void A_resolver_of_a_line_is_advertised_in_place_of_the_bridge()
    {
        RouterAdvertisement advertisement = RaSettings.For(Read("dhcp-option=option6:dns-server,[2001:db8::5]").Network)!;
        Assert.Equal([IPAddress.Parse("2001:db8::5")], advertisement.DnsServers);
    }

    [Theory]
    [InlineData("[::]", "2001:db8:77::1")]
    [InlineData("[fd00::],[2001:db8::5]", "fd77::1, 2001:db8::5")]
    [InlineData("[fe80::]", "fe80::1")]
    public void A_line_may_say_which_of_the_bridges_addresses_is_the_resolver(string addresses, string resolvers)
    {
        NetworkDefinition lab = Lab with { Ips = [.. Lab.Ips, new IpDefinition(IPAddress.Parse("fd77::1")) { Prefix = 64, Family = "ipv6" }] };
        RaContent content = RaSettings.ContentOf(lab with { DnsmasqOptions = ["dhcp-option=option6:dns-server," + addresses] })!;
        byte[] message = content.ToMessage(IPAddress.Parse("fe80::1"));
        IPAddress[] expected = [.. resolvers.Split(", ").Select(IPAddress.Parse)];
        byte[] header = [25, (byte)(1 + (2 * expected.Length)), 0, 0, 0xff, 0xff, 0xff, 0xff];
        Assert.NotEqual(-1, message.AsSpan().IndexOf([.. header, .. expected.SelectMany(address => address.GetAddressBytes())]));
    }

    [Fact]
    public void No_unique_local_resolver_is_told_where_there_is_none() =>
        Assert.Empty(RaSettings.For(Read("dhcp-option=option6:dns-server,[fd00::]").Network)!.DnsServers);

    [Theory]
    [InlineData("2001:db8:77::,ra-only,1h", 3600)]
    [InlineData("2001:db8:77::,ra-stateless,2m", 1800)] // time for three advertisements
    [InlineData("2001:db8:77::,ra-only", uint.MaxValue)]
    [InlineData("2001:db8:77::,ra-only,infinite", uint.MaxValue)]
    [InlineData("2001:db8:77::10,2001:db8:77::20,3h", 10800)]
    public void The_time_of_a_range_is_advertised(string range, uint seconds)
    {
        RouterAdvertisement advertisement = RaSettings.For(Read("dhcp-range=" + range).Network)!;
        Assert.Equal((seconds, seconds), (Assert.Single(advertisement.Prefixes).Lifetime, advertisement.DnsLifetime));
    }

    [Theory]
    [InlineData(86400, "2001:db8:77::,ra-stateless")]
    [InlineData(3600, "2001:db8:77::,ra-stateless,1h")]
    [InlineData(600, "2001:db8:77::10,2001:db8:77::20,3m")]
    public void Clients_without_addresses_ask_again_when_leases_end(uint seconds, string range)
    {
        Dhcp6Bench bench = new(Read("dhcp-range=" + range).Network);
        Dhcp6Request client = new() { Duid = "00:04:01", OptionRequest = [32] };
        Assert.Equal(seconds, BinaryPrimitives.ReadUInt32BigEndian(OptionOf(32, bench, client, bench.Ask(Dhcp6MessageType.InformationRequest, client with { Iaids = [] }))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255, "dhcp-authoritative")]
    public void Clients_wait_for_no_other_server_than_an_authoritative_one(byte preference, params string[] lines)
    {
        Dhcp6Bench bench = new(Read([.. lines, "dhcp-range=2001:db8:77::10,2001:db8:77::20"]).Network);
        Dhcp6Request client = new() { Duid = "00:04:01" };
        Assert.Equal([preference], OptionOf(7, bench, client, bench.Ask(Dhcp6MessageType.Solicit, client)));
    }

    [Fact]
    public void No_resolver_is_told_where_a_line_says_so()
    {
        NetworkDefinition network = Read("dhcp-option=option6:dns-server", "dhcp-range=2001:db8:77::10,2001:db8:77::20").Network;
        Assert.False(RaSettings.ContentOf(network)!.OffersDns);
        Dhcp6Bench bench = new(network);
        Dhcp6Request client = new() { Duid = "00:04:01", OptionRequest = [23] };
        Assert.Empty(OptionOf(23, bench, client, bench.Ask(Dhcp6MessageType.Solicit, client)));
    }

    [Fact]
    public void The_router_may_tell_its_own_address()
    {
        DnsmasqReading reading = Read("dhcp-range=2001:db8:77::,ra-advrouter");
        Assert.Empty(reading.Warnings);
        Assert.Equal(Lab.Ips[0].Address, Assert.Single(RaSettings.For(reading.Network)!.Prefixes).Router);
    }

    [Fact]
    public void A_range_of_an_interface_may_name_it_by_its_beginning() => Assert.Equal(
        "2001:db8:77::100", Assert.Single(Read("dhcp-range=::100,::1ff,constructor:virbr*").Network.Ips[0].Ranges).Start.ToString());

    // As dnsmasq 2.90 advertises it, beside "address,ra-only", which libvirt writes for an address without DHCP.
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
