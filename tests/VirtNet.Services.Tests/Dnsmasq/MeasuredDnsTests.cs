using System.Globalization;
using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Dnsmasq.Zone;
using VirtNet.Services.Tests.Dns;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dnsmasq;

/// <summary>Names have what dnsmasq says of them.</summary>
public sealed class MeasuredDnsTests
{
    private const string File = "dns.txt";

    private static readonly NetworkDefinition Lab = new()
    {
        Name = "lab",
        Bridge = new Bridge { Name = "virbr7" },
        Ips =
        [
            new IpDefinition(IPAddress.Parse("10.77.0.1")) { Prefix = 24 },
            new IpDefinition(IPAddress.Parse("2001:db8:77::1")) { Family = "ipv6", Prefix = 64 },
        ],
    };

    public static TheoryData<string> Cases => Measurement.Names(File);

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_answer_is_that_of_dnsmasq(string name)
    {
        Measurement measured = Measurement.Find(File, name);
        LocalZone zone = Zone([.. measured.Lines]);
        foreach ((string ask, string got) in measured.Answers)
        {
            Assert.Equal((ask, Sorted(got)), (ask, Sorted(Answer(zone, ask.Split(' ')))));
        }
    }

    [Theory]
    [InlineData("lab.test", "Mx", "h.far.test. A 192.0.2.9")]
    [InlineData("_s._tcp.lab.test", "Srv", "h.far.test. A 192.0.2.9, h.far.test. AAAA 2001:db8::9")]
    [InlineData("lab.test", "Any", "h.far.test. A 192.0.2.9")]
    [InlineData("elsewhere.test", "Mx", "")]
    [InlineData("h.far.test", "A", "")]
    public void The_addresses_of_a_record_s_host_come_along_once(string name, string type, string further)
    {
        LocalZone zone = Zone(
            "mx-host=lab.test,h.far.test,10", "mx-host=lab.test,H.far.test,20", "mx-host=lab.test,unknown.test,30", "mx-host=elsewhere.test,x.example",
            "srv-host=_s._tcp.lab.test,h.far.test,5", "host-record=h.far.test,192.0.2.9" + (type == "Srv" ? ",2001:db8::9" : ""));
        byte[] message = Message(zone, name, type);
        WireReader reader = new(message);
        DnsHeader header = DnsHeader.Read(ref reader);
        Assert.Equal(further, string.Join(", ", Records(message, skip: header.Answers, take: header.Additionals)
            .Select(record => string.Join(' ', record.Split(' ') is [var owner, _, var kind, var data] ? [owner, kind, data] : (string[])[record]))));
    }

    [Fact]
    public void There_is_no_room_for_them_where_the_answer_just_fits()
    {
        LocalZone zone = Zone("mx-host=lab.test,h.far.test,10", "host-record=h.far.test,192.0.2.9");
        byte[] whole = Message(zone, "lab.test", "Mx");
        byte[] tight = Message(zone, "lab.test", "Mx", limit: whole.Length - 1);
        WireReader reader = new(tight);
        DnsHeader header = DnsHeader.Read(ref reader);
        Assert.Equal((1, 0, DnsFlags.None), (header.Answers, header.Additionals, header.Flags & DnsFlags.Truncated));
    }

    [Fact]
    public void Names_without_a_dot_may_have_a_server_of_their_own()
    {
        LocalZone zone = Zone("server=//192.0.2.5#54", "server=192.0.2.6", "server=//192.0.2.7");
        Assert.Equal(["192.0.2.5:54", "192.0.2.7:53"], Decide(zone, "plain", "A", 512).Decision.Servers!.Select(server => server.ToString()));
        Assert.Equal(["192.0.2.6:53"], Decide(zone, "with.dot", "A", 512).Decision.Servers!.Select(server => server.ToString()));
    }

    /// <summary>A resolver that validates asks for a top-level domain itself.</summary>
    [Theory]
    [InlineData("domain-needed", "A", false)]
    [InlineData("domain-needed", "AAAA", false)]
    [InlineData("domain-needed", "SOA", true)]
    [InlineData("domain-needed", "NS", true)]
    [InlineData("local=//", "SOA", false)]
    public void Addresses_of_names_without_a_dot_may_be_all_that_is_not_asked_for(string line, string type, bool isForwarded)
    {
        DnsDecision decision = Decide(Zone(line, "server=192.0.2.6"), "com", type, 512).Decision;
        Assert.Equal(isForwarded, decision.Servers is not null);
        Assert.Equal(isForwarded ? DnsCode.NoError : DnsCode.NoSuchName, decision.Code);
    }

    private static LocalZone Zone(params string[] lines) => DefinitionZone.Build(
        DnsmasqReader.Read(Lab with { DnsmasqOptions = lines.ToValueList() }).ThrowIfRefused().Network);

    private static string Sorted(string answer) => string.Join(" | ", answer.Split(" | ").Order(StringComparer.Ordinal));

    private static string Answer(LocalZone zone, string[] ask)
    {
        byte[] message = Message(zone, ask[0], ask[1]);
        WireReader reader = new(message);
        DnsHeader header = DnsHeader.Read(ref reader);
        string code = ((int)header.Code).ToString(CultureInfo.InvariantCulture);
        return string.Join(" | ", Records(message, skip: 0, take: header.Answers).Prepend(code));
    }

    private static byte[] Message(LocalZone zone, string name, string type, int limit = 2048) => Decide(zone, name, type, limit).Message;

    private static (DnsDecision Decision, byte[] Message) Decide(LocalZone zone, string name, string type, int limit)
    {
        Assert.Equal(DnsQueryVerdict.Ok, DnsQuery.Parse(DnsMessages.Query(name, Enum.Parse<DnsType>(type, ignoreCase: true)), out DnsQuery query));
        byte[] lower = new byte[query.Name.Length];
        DnsName.ToLower(query.Name, lower);
        byte[] buffer = new byte[2048];
        DnsAnswerWriter writer = new(buffer, limit, query, null);
        DnsDecision decision = new LocalAnswers(zone, HostTable.Empty, [], new FakeLeaseNames(), [], new FoundAddresses()).Decide(query, lower, ref writer);
        return (decision, buffer[..writer.Finish(DnsFlags.None, decision.Code)]);
    }

    private static List<string> Records(ReadOnlySpan<byte> message, int skip, int take)
    {
        WireReader reader = new(message);
        DnsHeader.Read(ref reader);
        DnsName.ReadPlain(ref reader);
        reader.Skip(4);
        List<string> parts = [];
        Span<byte> owner = stackalloc byte[DnsName.MaxLength];
        for (int i = 0; i < skip + take; i++)
        {
            WireReader name = new(message);
            name.Skip(reader.Position);
            string text = DnsName.ToText(owner[..DnsName.Read(ref name, owner)]);
            DnsRecordView record = DnsRecordView.Read(ref reader);
            string type = Enum.IsDefined(record.Type) ? record.Type.ToString().ToUpperInvariant() : ((ushort)record.Type).ToString(CultureInfo.InvariantCulture);
            parts.Add($"{text.TrimEnd('.')}. {record.TimeToLive} {type} {Data(message, record)}");
        }

        return parts[skip..];
    }

    private static string Data(ReadOnlySpan<byte> message, in DnsRecordView record)
    {
        bool isName = record.Type is DnsType.Cname or DnsType.Ptr or DnsType.Ns or DnsType.Mx;
        if (!isName)
        {
            return record.Type is DnsType.A or DnsType.Aaaa ? new IPAddress(record.Data).ToString() : Convert.ToHexStringLower(record.Data);
        }

        WireReader reader = new(message);
        reader.Skip(record.DataOffset);
        string preference = record.Type == DnsType.Mx ? $"{reader.ReadUInt16()} " : "";
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        return $"{preference}{DnsName.ToText(name[..DnsName.Read(ref reader, name)]).TrimEnd('.')}.";
    }
}
