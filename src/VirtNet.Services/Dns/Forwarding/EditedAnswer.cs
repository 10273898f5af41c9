using VirtNet.Services.Dns.Zone;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>An upstream's answer as the rules of a network leave it. Borrowed, like what it was made of.</summary>
internal readonly ref struct EditedAnswer
{
    private EditedAnswer(DnsHeader header, ReadOnlySpan<byte> records, int timedRecords)
    {
        Header = header;
        Records = records;
        TimedRecords = timedRecords;
    }

    public DnsHeader Header { get; }

    public ReadOnlySpan<byte> Records { get; }

    /// <summary>How many of the offsets that were stored for the response count.</summary>
    public int TimedRecords { get; }

    /// <summary>Nothing of it was left, because it led into a private network.</summary>
    public bool WasRebinding { get; private init; }

    /// <param name="name">The name that was asked for.</param>
    public static EditedAnswer Of(in DnsResponse response, ReadOnlySpan<byte> name, AnswerRules rules)
    {
        if (rules.LeavesRecords)
        {
            return new EditedAnswer(response.Header, response.Records, response.TimedRecords);
        }

        DnsHeader header = response.Header with { Flags = response.Header.Flags & ~DnsFlags.AuthenticData }; // it is ours now
        byte[] records = response.Records.ToArray();
        bool isFree = rules.IsFree(name);
        int end = records.Length;
        int kept = header.Answers;
        WireReader reader = new(records);
        for (int i = 0; i < header.Answers; i++)
        {
            DnsRecordView record = DnsRecordView.Read(ref reader);
            if (record is { Type: DnsType.A, Data.Length: 4 })
            {
                rules.Change(records.AsSpan(record.DataOffset, 4));
            }

            if (rules.IsBogus(record))
            {
                DnsHeader none = header with { Flags = (header.Flags & ~DnsFlags.CodeMask) | (DnsFlags)DnsCode.NoSuchName };
                return new EditedAnswer(WithAnswers(none, 0), default, 0);
            }

            if (!isFree && rules.IsPrivate(record))
            {
                return new EditedAnswer(WithAnswers(header, 0), default, 0) { WasRebinding = true };
            }

            if (kept == header.Answers && rules.HiddenTypes.AsSpan().Contains(record.Type))
            {
                kept = i;
                end = record.Offset;
            }
        }

        // Compressed names point backwards only, so the first records can stay without the others.
        return kept == header.Answers
            ? new EditedAnswer(header, records, response.TimedRecords)
            : new EditedAnswer(WithAnswers(header, kept), records.AsSpan(0, end), Math.Min(kept, response.TimedRecords));
    }

    private static DnsHeader WithAnswers(DnsHeader header, int count) =>
        header with { Answers = (ushort)count, Authorities = 0, Additionals = 0 };
}
