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
        LocalZone zone = DefinitionZone.Build(
            DnsmasqReader.Read(Lab with { DnsmasqOptions = measured.Lines.ToValueList() }).ThrowIfRefused().Network);
        foreach ((string ask, string got) in measured.Answers)
        {
            Assert.Equal((ask, Sorted(got)), (ask, Sorted(Answer(zone, ask.Split(' ')))));
        }
    }

    private static string Sorted(string answer) => string.Join(" | ", answer.Split(" | ").Order(StringComparer.Ordinal));

    private static string Answer(LocalZone zone, string[] ask)
    {
        DnsType type = Enum.Parse<DnsType>(ask[1], ignoreCase: true);
        Assert.Equal(DnsQueryVerdict.Ok, DnsQuery.Parse(DnsMessages.Query(ask[0], type), out DnsQuery query));
        byte[] lower = new byte[query.Name.Length];
        DnsName.ToLower(query.Name, lower);
        byte[] buffer = new byte[2048];
        DnsAnswerWriter writer = new(buffer, buffer.Length, query, null);
        DnsDecision decision = new LocalAnswers(zone, HostTable.Empty, new FakeLeaseNames(), [], new FoundAddresses()).Decide(query, lower, ref writer);
        int length = writer.Finish(DnsFlags.None, decision.Code);
        return Text(buffer.AsSpan(0, length));
    }

    private static string Text(ReadOnlySpan<byte> message)
    {
        WireReader reader = new(message);
        DnsHeader header = DnsHeader.Read(ref reader);
        DnsName.ReadPlain(ref reader);
        reader.Skip(4);
        List<string> parts = [((int)header.Code).ToString(CultureInfo.InvariantCulture)];
        Span<byte> owner = stackalloc byte[DnsName.MaxLength];
        for (int i = 0; i < header.Answers; i++)
        {
            WireReader name = new(message);
            name.Skip(reader.Position);
            string text = DnsName.ToText(owner[..DnsName.Read(ref name, owner)]);
            DnsRecordView record = DnsRecordView.Read(ref reader);
            string type = Enum.IsDefined(record.Type) ? record.Type.ToString().ToUpperInvariant() : ((ushort)record.Type).ToString(CultureInfo.InvariantCulture);
            parts.Add($"{text.TrimEnd('.')}. {record.TimeToLive} {type} {Data(message, record)}");
        }

        return string.Join(" | ", parts);
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
