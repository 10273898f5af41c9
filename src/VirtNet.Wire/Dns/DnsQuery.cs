namespace VirtNet.Wire.Dns;

/// <summary>A borrowed look at a query: one question (none to ask for a cookie), and what its sender can take.</summary>
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

        ReadOnlySpan<byte> name = default;
        DnsType type = default;
        ushort @class = 0;
        if (header.Questions == 1)
        {
            name = DnsName.ReadPlain(ref reader);
            type = (DnsType)reader.ReadUInt16();
            @class = reader.ReadUInt16();
        }

        if (reader.Failed || header.Questions > 1)
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
                if (!DnsEdns.TryRead(record, out DnsEdns read))
                {
                    return DnsQueryVerdict.FormatError;
                }

                edns = read;
            }
        }

        query = new DnsQuery(header, name, type, @class, edns);
        if (edns is { Version: > 0 })
        {
            return DnsQueryVerdict.BadVersion;
        }

        return header.Questions == 1 ? DnsQueryVerdict.Ok
            : edns is { Cookie: not null } ? DnsQueryVerdict.CookieOnly
            : DnsQueryVerdict.FormatError;
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

    /// <summary>No question: the client wants to know the server's cookie (RFC 7873, 5.4).</summary>
    CookieOnly,
}
