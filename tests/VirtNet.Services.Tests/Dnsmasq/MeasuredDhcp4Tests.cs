using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Leases;
using VirtNet.Services.Tests.Dhcp4;
using VirtNet.Services.Tests.Leases;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Dnsmasq;

/// <summary>An OFFER has, octet for octet, what dnsmasq's has.</summary>
public sealed class MeasuredDhcp4Tests
{
    private const string File = "dhcp4.txt";
    private static readonly byte[] UsualList = [1, 3, 6, 12, 15, 28, 43, 60, 66, 67, 119, 120, 121, 125, 150, 175, 252];
    private static readonly byte[] UsualOptions = [1, 3, 6, 12, 15, 28, 51, 53, 54, 58, 59];

    private static readonly NetworkDefinition Lab = new()
    {
        Name = "lab",
        Uuid = TestLease.Network,
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = "virbr7" },
        Domain = new DomainName("lab.test"),
        Dns = new DnsDefinition { Hosts = [new DnsHost(IPAddress.Parse("10.77.0.77"), ["srv.lab.test"])] },
        Ips =
        [
            new IpDefinition(IPAddress.Parse("10.77.0.1"))
            {
                Prefix = 24,
                Ranges = [new DhcpRange(IPAddress.Parse("10.77.0.10"), IPAddress.Parse("10.77.0.99"))],
                Hosts = [new DhcpHost("52:54:00:99:00:01", null, "g1", IPAddress.Parse("10.77.0.50"))],
            },
        ],
    };

    public static TheoryData<string> Cases => Measurement.Names(File);

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_offer_is_that_of_dnsmasq(string name)
    {
        Measurement measured = Measurement.Find(File, name);
        DecisionBench bench = new(
            DnsmasqReader.Read(Lab with { DnsmasqOptions = measured.Lines.ToValueList() }).ThrowIfRefused().Network);
        foreach ((string ask, string got) in measured.Answers)
        {
            Assert.Equal((ask, got.Replace("  ", " ", StringComparison.Ordinal)), (ask, Offer(bench, ask).Replace("  ", " ", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_client_that_boots_over_http_is_told_what_makes_it_take_the_url()
    {
        DecisionBench bench = new(Lab with { DnsmasqOptions = ["dhcp-boot=http://10.77.0.1/boot.efi"] });
        const string Http = """{"opts":{"60":"HTTPClient:Arch:00016:UNDI:003001","93":"0x0010"}}""";
        Assert.EndsWith("file http://10.77.0.1/boot.efi flags 8000 | 60=48545450436c69656e74", Offer(bench, Http), StringComparison.Ordinal);
        const string Other = """{"opts":{"60":"PXEClient:Arch:00007:UNDI:003001","93":"0x0007"}}""";
        Assert.EndsWith("file http://10.77.0.1/boot.efi flags 8000", Offer(bench, Other), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(255)]
    [InlineData(600)]
    public void What_a_relay_added_goes_back_whole_in_as_many_parts_as_it_takes(int length)
    {
        byte[] added = [.. Enumerable.Range(0, length).Select(i => (byte)(i | 0x80))]; // suboptions that mean nothing to us
        byte[] parts = [.. added.Chunk(255).SelectMany(part => (byte[])[82, (byte)part.Length, .. part])];
        DecisionBench bench = new(Lab);
        Dhcp4Request request = new() { Type = Dhcp4MessageType.Discover, Mac = "52:54:00:99:00:01", Extra = parts, ParameterList = UsualList };
        Assert.True(Dhcp4Message.TryParse(request.ToArray(), out Dhcp4Message message));
        Assert.Equal(added, message.RelayAgentInformation.ToArray());
        byte[] reply = new byte[Dhcp4Reply.MaxLength];
        int end = Dhcp4Reply.Write(reply, message, bench.Decide(request), bench.Settings, spread: 0);
        Assert.True(reply.AsSpan(0, end).IndexOf([.. parts, (byte)Dhcp4OptionCode.End]) > 0);
        Assert.Contains("15=6c61622e74657374", Text(reply.AsSpan(0, end), []), StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_may_have_a_broadcast_address_of_its_own()
    {
        const string Line = "dhcp-range=10.77.0.120,10.77.0.130,255.255.255.0,10.77.255.255";
        DecisionBench bench = new(DnsmasqReader.Read(Lab with { DnsmasqOptions = [Line] }).Network);
        bench.LeaseOf(new Dhcp4Request { Mac = "52:54:00:99:00:02" }, "10.77.0.125");
        Assert.EndsWith("| 28=0a4dffff", Offer(bench, """{"mac":"525400990002","show":[28]}"""), StringComparison.Ordinal);
        Assert.EndsWith("| 28=0a4d00ff", Offer(bench, """{"show":[28]}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dhcp-option=option:server-ip-address,10.0.0.7")]
    [InlineData("dhcp-option=255,10.0.0.7")]
    public void A_line_may_say_where_to_boot_from_without_what(string line)
    {
        Assert.Contains(" si 10.0.0.7 ", Offer(new DecisionBench(Read(line)), "{}"), StringComparison.Ordinal);
        Assert.Contains(" si 10.77.0.1 ", Offer(new DecisionBench(Read(line, "dhcp-boot=a")), "{}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_for_a_client_comes_before_one_for_all()
    {
        DecisionBench bench = new(Read("dhcp-mac=set:red,52:54:00:99:00:0a", "dhcp-range=tag:red,10.77.0.120,10.77.0.130"));
        Assert.InRange(Last(bench.Dora(new Dhcp4Request { Mac = "52:54:00:99:00:0a" })), 120, 130);
        Assert.InRange(Last(bench.Dora(new Dhcp4Request { Mac = "52:54:00:99:00:0b" })), 10, 99);

        static int Last(Lease lease) => lease.Address.GetAddressBytes()[3];
    }

    [Fact]
    public void Clients_without_a_name_may_be_called_after_their_MAC()
    {
        DecisionBench bench = new(Read("dhcp-generate-names"));
        Assert.Equal("52-54-00-99-00-02", bench.Dora(new Dhcp4Request { Mac = "52:54:00:99:00:02" }).HostName);
        Assert.Equal("web", bench.Dora(new Dhcp4Request { Mac = "52:54:00:99:00:03", HostName = "web" }).HostName);
        Assert.Equal("g1", bench.Dora(new Dhcp4Request { Mac = "52:54:00:99:00:01" }).HostName);
    }

    [Fact]
    public void BOOTP_clients_get_addresses_of_the_ranges_where_a_line_says_so()
    {
        Dhcp4Request client = new() { Mac = "52:54:00:99:00:02", Type = Dhcp4MessageType.Bootp };
        Assert.IsType<Dhcp4Decision.Ignore>(new DecisionBench(Lab).Decide(client));
        Dhcp4Decision.Boot boot = Assert.IsType<Dhcp4Decision.Boot>(new DecisionBench(Read("bootp-dynamic")).Decide(client));
        Assert.Null(boot.Lease.Expires);
        Assert.IsType<Dhcp4Decision.Ignore>(new DecisionBench(Read("bootp-dynamic=tag:x")).Decide(client));
    }

    [Fact]
    public void Firmware_of_other_vendors_may_be_told_of_boot_services()
    {
        const string Ask = """{"opts":{"60":"Acme:Arch:00000","93":"0x0000"}}""";
        const string Service = "pxe-service=X86PC,a,b";
        Assert.DoesNotContain(" 43=", Offer(new DecisionBench(Read(Service)), Ask), StringComparison.Ordinal);
        string offer = Offer(new DecisionBench(Read(Service, "dhcp-pxe-vendor=Acme,Other")), Ask);
        Assert.Contains("43=", offer, StringComparison.Ordinal);
        Assert.Contains("60=41636d65", offer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_updates_the_DNS_itself_is_let_where_a_line_says_so()
    {
        const string Ask = """{"show":[81],"opts":{"81":"0x00000061"}}""";
        Assert.Contains("81=03", Offer(new DecisionBench(Lab), Ask), StringComparison.Ordinal);
        Assert.Contains("81=08", Offer(new DecisionBench(Read("dhcp-client-update")), Ask), StringComparison.Ordinal);
    }

    /// <summary>The whole name that the client sends, with its domain.</summary>
    [Theory]
    [InlineData("web.lab.test", "web.lab.test", true)]
    [InlineData("web", "web.lab.test", false)]
    [InlineData("web.lab.test", "web", false)]
    [InlineData("web*", "web.lab.test", true)]
    [InlineData("WEB", "web", true)]
    public void A_name_is_matched_as_it_is_sent(string pattern, string sent, bool matches)
    {
        string offer = Offer(
            new DecisionBench(Read($"dhcp-name-match=set:w,{pattern}", "dhcp-option=tag:w,66,tftp.example")),
            $$$"""{"show":[66],"opts":{"12":"{{{sent}}}"}}""");
        Assert.Equal(matches, offer.Contains("66=", StringComparison.Ordinal));
    }

    /// <summary>The network's domain is the one that counts, whatever the line says.</summary>
    [Theory]
    [InlineData("web.lab.test")]
    [InlineData("web.other.test")]
    public void A_line_with_a_full_name_gives_its_first_label(string name)
    {
        string offer = Offer(
            new DecisionBench(Read($"dhcp-host=52:54:00:99:00:02,{name}")),
            """{"mac":"525400990002","show":[12,81],"opts":{"81":"0x000000666f6f"}}""");
        Assert.EndsWith("| 12=776562 81=03ffff7765622e6c61622e74657374", offer, StringComparison.Ordinal); // web, web.lab.test
    }

    private static NetworkDefinition Read(params string[] lines) =>
        DnsmasqReader.Read(Lab with { DnsmasqOptions = lines.ToValueList() }).ThrowIfRefused().Network;

    [Fact]
    public void Who_is_promised_an_address_of_another_subnet_gets_one_of_this()
    {
        NetworkDefinition network = DnsmasqReader.Read(Lab with { DnsmasqOptions = ["dhcp-host=52:54:00:99:00:02,192.168.7.7,web"] }).Network;
        Lease lease = new DecisionBench(network).Dora(new Dhcp4Request { Mac = "52:54:00:99:00:02" });
        Assert.StartsWith("10.77.0.", lease.Address.ToString(), StringComparison.Ordinal);
        Assert.Null(lease.HostName); // the line is about another network
    }

    [Theory]
    [InlineData("dhcp-host=52:54:00:*:*:*,ignore")]
    [InlineData("dhcp-host=52:54:00:*:*:*,other,5m")]
    [InlineData("dhcp-host=52:54:00:*:*:*,set:red", "dhcp-boot=tag:red,red.0")]
    [InlineData("dhcp-host=52:54:00:99:00:01,10.77.0.51,other")]
    public void A_host_of_the_definition_is_known_by_its_MAC_before_lines_that_are_less_exact(params string[] lines)
    {
        DecisionBench bench = new(Read(lines));
        Assert.Equal("yi 10.77.0.50 si 10.77.0.1 sname  file  flags 8000 | 51=00000e10", Offer(bench, """{"show":[51]}"""));
        Assert.Equal("g1", bench.Dora(new Dhcp4Request { Mac = "52:54:00:99:00:01" }).HostName);
    }

    [Fact]
    public void A_line_by_client_id_comes_before_a_host_of_the_definition()
    {
        DecisionBench bench = new(Read("dhcp-host=id:lab,10.77.0.52"));
        Assert.StartsWith("yi 10.77.0.52 ", Offer(bench, """{"opts":{"61":"0x6c6162"}}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dhcp-range=set:red,10.77.0.120,10.77.0.130", "")]
    [InlineData("dhcp-range=set:red,10.77.0.0,static", "red.0")]
    public void An_address_of_no_range_has_the_tag_of_the_range_that_dnsmasq_takes_for_its(string range, string file)
    {
        DecisionBench bench = new(Read(range, "dhcp-boot=tag:red,red.0", "dhcp-host=52:54:00:99:00:02,10.77.0.200"));
        Assert.Equal($"yi 10.77.0.200 si 10.77.0.1 sname  file {file} flags 8000", Offer(bench, """{"mac":"525400990002"}"""));
    }

    [Fact]
    public void An_option_that_does_not_fit_is_told()
    {
        Measurement measured = Measurement.Find(File, "an option that does not fit");
        DecisionBench bench = new(Lab with { DnsmasqOptions = measured.Lines.ToValueList() });
        List<Dhcp4OptionCode> omitted = [];
        Offer(bench, measured.Answers[0].Ask, omitted);
        Assert.Equal([(Dhcp4OptionCode)200], omitted);
    }

    private static string Offer(DecisionBench bench, string ask, ICollection<Dhcp4OptionCode>? omitted = null)
    {
        using JsonDocument document = JsonDocument.Parse(ask);
        Dhcp4Request request = Request(document.RootElement);
        Assert.True(Dhcp4Message.TryParse(request.ToArray(), out Dhcp4Message message));
        Dhcp4Decision decision = document.RootElement.TryGetProperty("pxe", out _)
            ? Dhcp4Decider.DecideBootItem(message, bench.Bindings, bench.Settings, bench.Clock.GetUtcNow()) : bench.Decide(request);
        byte[] reply = new byte[Dhcp4Reply.MaxLength];
        int length = Dhcp4Reply.Write(reply, message, decision, bench.Settings, spread: 0, omitted);
        byte[] shown = document.RootElement.TryGetProperty("show", out JsonElement show) ? Octets(show) : [];
        return length == 0 ? "no answer" : Text(reply.AsSpan(0, length), [.. UsualOptions.Except(shown)]);
    }

    private static Dhcp4Request Request(JsonElement ask)
    {
        List<byte> extra = [];
        if (ask.TryGetProperty("opts", out JsonElement options))
        {
            foreach (JsonProperty option in options.EnumerateObject())
            {
                string text = option.Value.GetString()!;
                byte[] value = text.StartsWith("0x", StringComparison.Ordinal) ? Convert.FromHexString(text[2..]) : Encoding.Latin1.GetBytes(text);
                extra.AddRange([byte.Parse(option.Name, CultureInfo.InvariantCulture), (byte)value.Length, .. value]);
            }
        }

        bool isBootItem = ask.TryGetProperty("pxe", out _); // at the port of boot servers
        string mac = ask.TryGetProperty("mac", out JsonElement said) ? said.GetString()! : "525400990001";
        byte[]? list = !ask.TryGetProperty("prl", out JsonElement parameters) ? UsualList
            : parameters.ValueKind == JsonValueKind.Null ? null : Octets(parameters);
        return new Dhcp4Request
        {
            Mac = new MacAddress(Convert.FromHexString(mac)).ToString(),
            Broadcast = !isBootItem,
            ClientAddress = isBootItem ? "10.77.0.50" : "0.0.0.0",
            Type = isBootItem ? Dhcp4MessageType.Request : Dhcp4MessageType.Discover,
            ParameterList = list,
            Extra = [.. extra],
        };
    }

    private static byte[] Octets(JsonElement list) => [.. list.EnumerateArray().Select(one => one.GetByte())];

    private static string Text(ReadOnlySpan<byte> reply, byte[] hidden)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"yi {Address(reply[16..])} si {Address(reply[20..])} sname {Field(reply[44..108])} ");
        text.Append(CultureInfo.InvariantCulture, $"file {Field(reply[108..236])} flags {Convert.ToHexStringLower(reply[10..12])}");
        WireReader reader = new(reply[240..]);
        char mark = '|';
        while (Dhcp4Option.TryRead(ref reader, out Dhcp4Option option))
        {
            if (!hidden.Contains((byte)option.Code))
            {
                text.Append(CultureInfo.InvariantCulture, $" {(mark == '|' ? "| " : "")}{(byte)option.Code}={Convert.ToHexStringLower(option.Value)}");
                mark = ' ';
            }
        }

        return text.ToString();
    }

    private static IPAddress Address(ReadOnlySpan<byte> octets) => Subnet.FromUInt32(BinaryPrimitives.ReadUInt32BigEndian(octets));

    private static string Field(ReadOnlySpan<byte> field) => Encoding.UTF8.GetString(field[..field.IndexOf((byte)0)]);
}
