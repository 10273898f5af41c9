namespace VirtNet.Wire.Dns;

/// <summary>A borrowed look at a query: one question, and what its sender can take.</summary>
public readonly ref struct DnsQuery
{
    /// <summary>What a client without EDNS can take over UDP (RFC 1035, 4.2.1).</summary>
    public const int ClassicSize = 512;

    private DnsQuery(DnsHeader header, ReadOnlySpan<byte> name, DnsType type, ushort @class, DnsEdns? edns)
    {
        Header = header;
        Name = name;
        Type = type;
        Class = @class;
        Edns = edns;
    }

    public DnsHeader Header { get; }

    /// <summary>Wire form, letters as sent.</summary>
    public ReadOnlySpan<byte> Name { get; }

    public DnsType Type { get; }

    public ushort Class { get; }

    /// <summary>Null when the client does not speak EDNS.</summary>
    public DnsEdns? Edns { get; }

    public bool DnssecOk => Edns is { DnssecOk: true };

    /// <summary>Octets of the largest answer the client can take over UDP.</summary>
    public int PayloadSize => Edns is { } edns ? Math.Max(edns.PayloadSize, (ushort)ClassicSize) : ClassicSize;

    /// <summary>
    /// Reads a query. The verdict says what to do with a message that is none: a response is never answered (two servers
    /// would answer each other for ever), nor is what is too short to have an id.
    /// </summary>
    public static DnsQueryVerdict Parse(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        WireReader reader = new(message);
        DnsHeader header = DnsHeader.Read(ref reader);
        query = new DnsQuery(header, default, default, default, null);
        if (reader.Failed || header.IsResponse)
        {
            return DnsQueryVerdict.Ignore;
        }

        if (header.Opcode != 0)
        {
            return DnsQueryVerdict.NotImplemented;
        }

        if (header.Questions != 1)
        {
            return DnsQueryVerdict.FormatError;
        }

        ReadOnlySpan<byte> name = DnsName.ReadPlain(ref reader);
        DnsType type = (DnsType)reader.ReadUInt16();
        ushort @class = reader.ReadUInt16();
        if (reader.Failed)
        {
            return DnsQueryVerdict.FormatError;
        }

        query = new DnsQuery(header, name, type, @class, null);
        int others = header.Answers + header.Authorities;
        int records = others + header.Additionals;
        DnsEdns? edns = null;
        for (int i = 0; i < records; i++)
        {
            DnsRecordView record = DnsRecordView.Read(ref reader);
            if (reader.Failed || (record.Type == DnsType.Opt && (edns is not null || i < others)))
            {
                return DnsQueryVerdict.FormatError; // RFC 6891, 6.1.1: one OPT at most, among the additional records
            }

            if (record.Type == DnsType.Opt)
            {
                edns = DnsEdns.FromRecord(record);
            }
        }

        query = new DnsQuery(header, name, type, @class, edns);
        return edns is { Version: > 0 } ? DnsQueryVerdict.BadVersion : DnsQueryVerdict.Ok;
    }
}

/// <summary>What a message that came to a server is.</summary>
public enum DnsQueryVerdict
{
    Ok,

    /// <summary>To be dropped without an answer.</summary>
    Ignore,
    FormatError,
    NotImplemented,
    BadVersion,
}
