using System.Buffers.Binary;

namespace VirtNet.Wire.Dns;

/// <summary>
/// A borrowed look at an upstream's response: its question, and its records as one run of bytes that can be sent on to
/// any client that asked the same, since compression points into nothing but the question and the records themselves.
/// </summary>
public readonly ref struct DnsResponse
{
    /// <summary>Records beyond this many are passed on, but such a response is not worth keeping.</summary>
    public const int MaxTimedRecords = 128;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _bodyStart;
    private readonly int _bodyEnd;

    private DnsResponse(ReadOnlySpan<byte> message, int bodyStart, int bodyEnd, scoped in Summary summary)
    {
        _message = message;
        _bodyStart = bodyStart;
        _bodyEnd = bodyEnd;
        Header = summary.Header;
        Type = summary.Type;
        Class = summary.Class;
        Edns = summary.Edns;
        TimeToLive = summary.TimeToLive;
        TimedRecords = summary.TimedRecords;
        LeastTimeToLive = summary.LeastTimeToLive;
        LacksSoa = summary.LacksSoa;
    }

    /// <summary>Counts are those of <see cref="Records"/>, without OPT.</summary>
    public DnsHeader Header { get; }

    /// <summary>The question's name, uncompressed, letters as they came.</summary>
    public ReadOnlySpan<byte> Name => _message[DnsHeader.Length..(_bodyStart - 4)];

    public DnsType Type { get; }

    public ushort Class { get; }

    public DnsEdns? Edns { get; }

    /// <summary>The records of all sections but OPT and what follows it.</summary>
    public ReadOnlySpan<byte> Records => _message[_bodyStart.._bodyEnd];

    /// <summary>Result code with the upper bits that EDNS carries.</summary>
    public DnsCode Code => (DnsCode)((ushort)Header.Code | (Edns is { } edns ? edns.ExtendedCode << 4 : 0));

    /// <summary>
    /// Seconds for which the response may be kept: the least of its records, for a negative one as RFC 2308 section 5 has
    /// it. 0 = not to be kept.
    /// </summary>
    public uint TimeToLive { get; }

    /// <summary>The least time to live of its records in seconds; the greatest number if there are none.</summary>
    public uint LeastTimeToLive { get; }

    /// <summary>It says that there is no such thing, but no SOA record says for how long (RFC 2308, 5).</summary>
    public bool LacksSoa { get; }

    /// <summary>How many offsets were stored.</summary>
    public int TimedRecords { get; }

    /// <summary>
    /// Whether this is nothing but the header of a response that says that the question was not understood, as old servers
    /// answer one with EDNS (RFC 6891, 7).
    /// </summary>
    public static bool IsBareRefusal(ReadOnlySpan<byte> message)
    {
        WireReader reader = new(message);
        DnsHeader header = DnsHeader.Read(ref reader);
        return !reader.Failed && reader.Remaining == 0 && header.IsResponse
            && header is { Questions: 0, Answers: 0, Authorities: 0, Additionals: 0, Code: DnsCode.FormatError or DnsCode.NotImplemented };
    }

    /// <summary>Reads a whole response; false for anything malformed.</summary>
    /// <param name="timeToLiveOffsets">
    /// Room for <see cref="MaxTimedRecords"/> entries: where each record's TTL stands, counted from the start of
    /// <see cref="Records"/>.
    /// </param>
    public static bool TryParse(ReadOnlySpan<byte> message, scoped Span<ushort> timeToLiveOffsets, out DnsResponse response)
    {
        response = default;
        WireReader reader = new(message);
        Summary summary = new() { Header = DnsHeader.Read(ref reader) };
        if (reader.Failed || !summary.Header.IsResponse || summary.Header.Questions != 1)
        {
            return false;
        }

        DnsName.ReadPlain(ref reader);
        summary.Type = (DnsType)reader.ReadUInt16();
        summary.Class = reader.ReadUInt16();
        if (reader.Failed)
        {
            return false;
        }

        int bodyStart = reader.Position;
        if ((summary.Header.Flags & DnsFlags.Truncated) != 0)
        {
            // The rest may be cut anywhere, and nobody will read it: the whole answer is asked for by TCP.
            summary.Header = summary.Header with { Answers = 0, Authorities = 0, Additionals = 0 };
            response = new DnsResponse(message, bodyStart, bodyStart, summary);
            return true;
        }

        int bodyEnd = ReadRecords(ref reader, bodyStart, ref summary, timeToLiveOffsets);
        response = new DnsResponse(message, bodyStart, bodyEnd, summary);
        return !reader.Failed;
    }

    private static int ReadRecords(ref WireReader reader, int bodyStart, ref Summary summary, scoped Span<ushort> offsets)
    {
        DnsHeader header = summary.Header;
        int answersAndAuthorities = header.Answers + header.Authorities;
        int records = answersAndAuthorities + header.Additionals;
        int bodyEnd = reader.Position;
        uint least = uint.MaxValue;
        uint? negative = null;
        bool answered = false;
        int kept = 0;
        for (int i = 0; i < records && !reader.Failed; i++)
        {
            DnsRecordView record = DnsRecordView.Read(ref reader);
            if (record.Type == DnsType.Opt)
            {
                if (!DnsEdns.TryRead(record, out DnsEdns edns))
                {
                    reader.Fail();
                }

                summary.Edns ??= edns;
                continue;
            }

            if (summary.Edns is not null)
            {
                continue; // records after OPT are left out: taking OPT from before them would shift what they point to
            }

            bodyEnd = reader.Position;
            kept++;
            if (i < header.Answers)
            {
                answered |= record.Type == summary.Type || (summary.Type == DnsType.Any && record.Type != DnsType.Cname);
            }
            else if (i < answersAndAuthorities && record.Type == DnsType.Soa && record.Data.Length >= 20)
            {
                negative = Math.Min(Ttl(record.TimeToLive), BinaryPrimitives.ReadUInt32BigEndian(record.Data[^4..]));
            }

            least = Math.Min(least, Ttl(record.TimeToLive));
            if (i < offsets.Length)
            {
                offsets[i] = (ushort)(record.TimeToLiveOffset - bodyStart);
            }
        }

        bool cacheable = !reader.Failed && kept <= Math.Min(offsets.Length, MaxTimedRecords) && summary.IsFinal;
        summary.TimedRecords = cacheable ? kept : 0;
        summary.TimeToLive = !cacheable || kept == 0 ? 0 : answered ? least : Math.Min(least, negative ?? 0);
        summary.LeastTimeToLive = least;
        summary.LacksSoa = summary.IsFinal && !answered && negative is null;
        summary.Header = header with { Additionals = (ushort)Math.Max(0, kept - answersAndAuthorities) };
        if (kept < answersAndAuthorities)
        {
            reader.Fail(); // OPT belongs to the additional records
        }

        return bodyEnd;
    }

    private static uint Ttl(uint value) => value > int.MaxValue ? 0 : value;

    private struct Summary
    {
        public DnsHeader Header;
        public DnsType Type;
        public ushort Class;
        public DnsEdns? Edns;
        public uint TimeToLive;
        public int TimedRecords;
        public uint LeastTimeToLive;
        public bool LacksSoa;

        /// <summary>An answer about the name, not about the server.</summary>
        public readonly bool IsFinal => Header.Code is DnsCode.NoError or DnsCode.NoSuchName;
    }
}
