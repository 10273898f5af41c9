using VirtNet.Services.Dns.Zone;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>An upstream's answer as the rules of a network leave it. Borrowed, like what it was made of.</summary>
internal readonly ref struct EditedAnswer
{
    private EditedAnswer(DnsHeader header, ReadOnlySpan<byte> records, ReadOnlySpan<ushort> timeToLiveOffsets)
    {
        Header = header;
        Records = records;
        TimeToLiveOffsets = timeToLiveOffsets;
    }

    public DnsHeader Header { get; }

    public ReadOnlySpan<byte> Records { get; }

    /// <summary>Where the TTLs stand in <see cref="Records"/>.</summary>
    public ReadOnlySpan<ushort> TimeToLiveOffsets { get; }

    /// <summary>Nothing of it was left, because it led into a private network.</summary>
    public bool WasRebinding { get; private init; }

    /// <summary>Records of it were left out, because guests are not told such.</summary>
    public bool WasFiltered { get; private init; }

    /// <param name="name">The name that was asked for.</param>
    /// <param name="timeToLiveOffsets">Those that were stored for the response.</param>
    public static EditedAnswer Of(
        in DnsResponse response, ReadOnlySpan<ushort> timeToLiveOffsets, ReadOnlySpan<byte> name, AnswerRules rules)
    {
        if (rules.LeavesRecords)
        {
            return new EditedAnswer(response.Header, response.Records, timeToLiveOffsets);
        }

        DnsHeader header = response.Header with { Flags = response.Header.Flags & ~DnsFlags.AuthenticData }; // it is ours now
        int bodyStart = DnsHeader.Length + response.Name.Length + 4;
        byte[] message = new byte[bodyStart + response.Records.Length];
        response.Name.CopyTo(message.AsSpan(DnsHeader.Length));
        response.Records.CopyTo(message.AsSpan(bodyStart));
        bool isFree = rules.IsFree(name);
        bool hides = false;
        WireReader reader = new(message);
        reader.Skip(bodyStart);
        for (int i = 0; i < header.Answers; i++)
        {
            DnsRecordView record = DnsRecordView.Read(ref reader);
            if (record is { Type: DnsType.A, Data.Length: 4 })
            {
                rules.Change(message.AsSpan(record.DataOffset, 4));
            }

            if (rules.IsBogus(record))
            {
                DnsHeader none = header with { Flags = (header.Flags & ~DnsFlags.CodeMask) | (DnsFlags)DnsCode.NoSuchName };
                return new EditedAnswer(WithoutRecords(none), default, default);
            }

            if (!isFree && rules.IsPrivate(record))
            {
                return new EditedAnswer(WithoutRecords(header), default, default) { WasRebinding = true };
            }

            hides |= rules.Hides(record);
        }

        return hides && header.Code == DnsCode.NoError
            ? Filtered(header, message, bodyStart, timeToLiveOffsets.Length > 0, rules)
            : new EditedAnswer(header, message.AsSpan(bodyStart), timeToLiveOffsets);
    }

    /// <summary>The answer without what is hidden; other sections stay.</summary>
    private static EditedAnswer Filtered(DnsHeader header, ReadOnlySpan<byte> message, int bodyStart, bool isTimed, AnswerRules rules)
    {
        int answers = 0;
        int records = header.Answers + header.Authorities + header.Additionals;
        RecordCopy copy = new(message, bodyStart, records);
        WireReader reader = new(message);
        reader.Skip(bodyStart);
        for (int i = 0; i < records; i++)
        {
            DnsRecordView record = DnsRecordView.Read(ref reader);
            if (i < header.Answers && rules.Hides(record))
            {
                continue;
            }

            if (!copy.TryAdd(record))
            {
                return new EditedAnswer(WithoutRecords(header), default, default) { WasFiltered = true };
            }

            answers += i < header.Answers ? 1 : 0;
        }

        return new EditedAnswer(header with { Answers = (ushort)answers }, copy.Written, isTimed ? copy.TimeToLiveOffsets : [])
        {
            WasFiltered = true,
        };
    }

    private static DnsHeader WithoutRecords(DnsHeader header) => header with { Answers = 0, Authorities = 0, Additionals = 0 };
}
