namespace VirtNet.Wire.Dns;

/// <summary>A borrowed look at one resource record of a message (RFC 1035, 4.1.3).</summary>
public readonly ref struct DnsRecordView
{
    private DnsRecordView(DnsType type, ushort @class, uint timeToLive, int offset, int dataOffset, ReadOnlySpan<byte> data)
    {
        Type = type;
        Class = @class;
        TimeToLive = timeToLive;
        Offset = offset;
        DataOffset = dataOffset;
        Data = data;
    }

    public DnsType Type { get; }

    /// <summary>A <see cref="DnsClass"/>, but for OPT, where it is a size.</summary>
    public ushort Class { get; }

    /// <summary>Seconds; the upper half of the range counts as 0 (RFC 2181, 8).</summary>
    public uint TimeToLive { get; }

    /// <summary>Where the record starts in its message.</summary>
    public int Offset { get; }

    public int DataOffset { get; }

    /// <summary>Where its TTL stands in the message.</summary>
    public int TimeToLiveOffset => DataOffset - 6;

    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Reads one record; check the reader afterwards.</summary>
    public static DnsRecordView Read(scoped ref WireReader reader)
    {
        int offset = reader.Position;
        DnsName.Skip(ref reader);
        DnsType type = (DnsType)reader.ReadUInt16();
        ushort @class = reader.ReadUInt16();
        uint timeToLive = reader.ReadUInt32();
        ushort length = reader.ReadUInt16();
        int dataOffset = reader.Position;
        return new DnsRecordView(type, @class, timeToLive, offset, dataOffset, reader.ReadBytes(length));
    }
}
