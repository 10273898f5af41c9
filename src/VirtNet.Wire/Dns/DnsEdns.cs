namespace VirtNet.Wire.Dns;

/// <summary>The OPT pseudo record (RFC 6891, 6.1): what one side of an exchange can take and wants.</summary>
/// <param name="PayloadSize">Octets of the largest UDP message its sender can take.</param>
/// <param name="ExtendedCode">The upper bits of the result code.</param>
/// <param name="DnssecOk">The sender wants DNSSEC records (RFC 3225).</param>
/// <param name="Error">An extended error (RFC 8914), or <see cref="DnsExtendedError.None"/>.</param>
public readonly record struct DnsEdns(
    ushort PayloadSize, byte ExtendedCode = 0, byte Version = 0, bool DnssecOk = false, ushort Error = 0)
{
    /// <summary>Octets of the record without options.</summary>
    public const int MinLength = 11;

    /// <summary>Octets that <see cref="Write"/> needs at most.</summary>
    public const int MaxLength = MinLength + 6;

    private const uint DnssecOkBit = 0x8000;
    private const ushort ExtendedErrorOption = 15;

    /// <summary>From the fields of a record of type OPT.</summary>
    public static DnsEdns FromRecord(in DnsRecordView record) => new(
        record.Class,
        (byte)(record.TimeToLive >> 24),
        (byte)(record.TimeToLive >> 16),
        (record.TimeToLive & DnssecOkBit) != 0,
        FindError(record.Data));

    public void Write(ref WireWriter writer)
    {
        writer.WriteByte(0);
        writer.WriteUInt16((ushort)DnsType.Opt);
        writer.WriteUInt16(PayloadSize);
        writer.WriteUInt32(((uint)ExtendedCode << 24) | ((uint)Version << 16) | (DnssecOk ? DnssecOkBit : 0));
        if (Error == 0)
        {
            writer.WriteUInt16(0);
            return;
        }

        writer.WriteUInt16(6);
        writer.WriteUInt16(ExtendedErrorOption);
        writer.WriteUInt16(2);
        writer.WriteUInt16(Error);
    }

    private static ushort FindError(ReadOnlySpan<byte> options)
    {
        WireReader reader = new(options);
        while (reader.Remaining > 0)
        {
            ushort code = reader.ReadUInt16();
            WireReader value = new(reader.ReadBytes(reader.ReadUInt16()));
            if (code == ExtendedErrorOption && !reader.Failed)
            {
                return value.ReadUInt16();
            }
        }

        return 0;
    }
}
