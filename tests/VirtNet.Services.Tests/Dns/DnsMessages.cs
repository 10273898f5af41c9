using System.Net;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

/// <summary>Messages as clients and upstreams send them, and what is read out of the answers.</summary>
internal static class DnsMessages
{
    public static byte[] Query(
        string name, DnsType type = DnsType.A, ushort id = 7, DnsFlags flags = DnsFlags.RecursionDesired,
        DnsEdns? edns = null, DnsClass @class = DnsClass.Internet)
    {
        WireWriter writer = new(new byte[1024]);
        new DnsHeader(id, flags, 1, 0, 0, edns is null ? (ushort)0 : (ushort)1).Write(ref writer);
        writer.WriteBytes(DnsName.TryParse(name)!.Wire);
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16((ushort)@class);
        edns?.Write(ref writer);
        return writer.Written.ToArray();
    }

    /// <summary>An upstream's response to a question, with so many A records.</summary>
    public static byte[] Response(
        ReadOnlySpan<byte> question, string? address = "192.0.2.9", uint ttl = 300, DnsCode code = DnsCode.NoError,
        DnsFlags flags = DnsFlags.RecursionAvailable, int copies = 1, uint? soaMinimum = null, DnsEdns? edns = null)
    {
        WireReader reader = new(question);
        DnsHeader asked = DnsHeader.Read(ref reader);
        DnsName.ReadPlain(ref reader);
        reader.Skip(4);
        int answers = address is null ? 0 : copies;
        WireWriter writer = new(new byte[8192]);
        new DnsHeader(
            asked.Id, DnsFlags.Response | flags | (DnsFlags)code, 1, (ushort)answers, soaMinimum is null ? (ushort)0 : (ushort)1,
            edns is null ? (ushort)0 : (ushort)1)
            .Write(ref writer);
        writer.WriteBytes(question[DnsHeader.Length..reader.Position]);
        for (int i = 0; i < answers; i++)
        {
            writer.WriteBytes([0xc0, 12, 0, 1, 0, 1]);
            writer.WriteUInt32(ttl);
            writer.WriteUInt16(4);
            writer.WriteBytes(IPAddress.Parse(address!).GetAddressBytes());
        }

        if (soaMinimum is { } minimum)
        {
            writer.WriteBytes([0xc0, 12, 0, 6, 0, 1]);
            writer.WriteUInt32(minimum);
            writer.WriteUInt16(22);
            writer.WriteZeros(18);
            writer.WriteUInt32(minimum);
        }

        edns?.Write(ref writer);
        return writer.Written.ToArray();
    }

    /// <summary>An upstream's response with these records, each <c>owner type value</c>: A, AAAA, or a CNAME's name.</summary>
    public static byte[] Response(ReadOnlySpan<byte> question, params string[] records)
    {
        WireReader reader = new(question);
        DnsHeader asked = DnsHeader.Read(ref reader);
        DnsName.ReadPlain(ref reader);
        reader.Skip(4);
        WireWriter writer = new(new byte[8192]);
        new DnsHeader(asked.Id, DnsFlags.Response | DnsFlags.AuthenticData, 1, (ushort)records.Length, 0, 0).Write(ref writer);
        writer.WriteBytes(question[DnsHeader.Length..reader.Position]);
        foreach (string[] parts in records.Select(record => record.Split(' ')))
        {
            DnsType type = Enum.Parse<DnsType>(parts[1], ignoreCase: true);
            byte[] data = type == DnsType.Cname ? DnsName.TryParse(parts[2])!.Wire.ToArray() : IPAddress.Parse(parts[2]).GetAddressBytes();
            writer.WriteBytes(DnsName.TryParse(parts[0])!.Wire);
            writer.WriteUInt16((ushort)type);
            writer.WriteUInt16((ushort)DnsClass.Internet);
            writer.WriteUInt32(300);
            writer.WriteUInt16((ushort)data.Length);
            writer.WriteBytes(data);
        }

        return writer.Written.ToArray();
    }

    public static Answer Read(ReadOnlySpan<byte> message)
    {
        WireReader reader = new(message);
        DnsHeader header = DnsHeader.Read(ref reader);
        string name = header.Questions == 0 ? "" : DnsName.ToText(DnsName.ReadPlain(ref reader));
        reader.Skip(header.Questions * 4);
        List<string> records = [];
        DnsEdns? edns = null;
        uint? ttl = null;
        for (int i = 0; i < header.Answers + header.Authorities + header.Additionals; i++)
        {
            DnsRecordView record = DnsRecordView.Read(ref reader);
            if (record.Type == DnsType.Opt)
            {
                Assert.True(DnsEdns.TryRead(record, out DnsEdns read));
                edns = read;
                continue;
            }

            ttl ??= record.TimeToLive;
            records.Add($"{record.Type} {Text(message, record)}");
        }

        Assert.False(reader.Failed);
        Assert.Equal(0, reader.Remaining);
        return new Answer(header, name, records, ttl, edns);
    }

    private static string Text(ReadOnlySpan<byte> message, in DnsRecordView record)
    {
        switch (record.Type)
        {
            case DnsType.A or DnsType.Aaaa:
                return new IPAddress(record.Data).ToString();
            case DnsType.Cname or DnsType.Ptr or DnsType.Srv:
                bool service = record.Type == DnsType.Srv;
                WireReader reader = new(message);
                reader.Skip(record.DataOffset);
                string numbers = service ? $"{reader.ReadUInt16()} {reader.ReadUInt16()} {reader.ReadUInt16()} " : "";
                Span<byte> name = stackalloc byte[DnsName.MaxLength];
                return numbers + DnsName.ToText(name[..DnsName.Read(ref reader, name)]);
            case DnsType.Txt:
                List<string> strings = [];
                for (ReadOnlySpan<byte> rest = record.Data; !rest.IsEmpty; rest = rest[(rest[0] + 1)..])
                {
                    strings.Add($"\"{System.Text.Encoding.UTF8.GetString(rest.Slice(1, rest[0]))}\"");
                }

                return string.Join(' ', strings);
            default:
                return Convert.ToHexString(record.Data);
        }
    }

    /// <param name="Ttl">Of the first record.</param>
    internal sealed record Answer(DnsHeader Header, string Name, IReadOnlyList<string> Records, uint? Ttl, DnsEdns? Edns)
    {
        public DnsCode Code => Header.Code;

        public bool Has(DnsFlags flag) => (Header.Flags & flag) != 0;
    }
}
