namespace VirtNet.Wire.Dns;

/// <summary>The OPT pseudo record (RFC 6891, 6.1): what one side of an exchange can take and wants.</summary>
/// <param name="PayloadSize">Octets of the largest UDP message its sender can take.</param>
/// <param name="ExtendedCode">The upper bits of the result code.</param>
/// <param name="DnssecOk">The sender wants DNSSEC records (RFC 3225).</param>
/// <param name="Error">An extended error (RFC 8914), or <see cref="DnsExtendedError.None"/>.</param>
/// <param name="Cookie">Null when the sender does not use cookies.</param>
public readonly record struct DnsEdns(
    ushort PayloadSize,
    byte ExtendedCode = 0,
    byte Version = 0,
    bool DnssecOk = false,
    ushort Error = 0,
    DnsCookie? Cookie = null)
{
    /// <summary>Octets of the record without options.</summary>
    public const int MinLength = 11;

    /// <summary>Octets that an extended error adds.</summary>
    public const int ErrorLength = OptionHeaderLength + 2;

    /// <summary>Octets that <see cref="Write"/> needs at most.</summary>
    public const int MaxLength =
        MinLength + ErrorLength + OptionHeaderLength + DnsCookie.ClientLength + DnsCookie.MaxServerLength;

    private const int OptionHeaderLength = 4;
    private const uint DnssecOkBit = 0x8000;
    private const ushort CookieOption = 10;
    private const ushort ExtendedErrorOption = 15;

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Length => MinLength + OptionsLength;

    private int OptionsLength =>
        (Error == 0 ? 0 : ErrorLength) + (Cookie is { } cookie ? OptionHeaderLength + cookie.Length : 0);

    /// <summary>From the fields of a record of type OPT; false if its cookie is malformed (RFC 7873, 5.2.2 and 5.3).</summary>
    public static bool TryRead(in DnsRecordView record, out DnsEdns edns)
    {
        bool good = TryReadOptions(record.Data, out DnsCookie? cookie, out ushort error);
        edns = new DnsEdns(
            record.Class,
            (byte)(record.TimeToLive >> 24),
            (byte)(record.TimeToLive >> 16),
            (record.TimeToLive & DnssecOkBit) != 0,
            error,
            cookie);
        return good;
    }

    public void Write(ref WireWriter writer)
    {
        writer.WriteByte(0);
        writer.WriteUInt16((ushort)DnsType.Opt);
        writer.WriteUInt16(PayloadSize);
        writer.WriteUInt32(((uint)ExtendedCode << 24) | ((uint)Version << 16) | (DnssecOk ? DnssecOkBit : 0));
        writer.WriteUInt16((ushort)OptionsLength);
        if (Cookie is { } cookie)
        {
            writer.WriteUInt16(CookieOption);
            writer.WriteUInt16((ushort)cookie.Length);
            cookie.Write(ref writer);
        }

        if (Error != 0)
        {
            writer.WriteUInt16(ExtendedErrorOption);
            writer.WriteUInt16(2);
            writer.WriteUInt16(Error);
        }
    }

    private static bool TryReadOptions(ReadOnlySpan<byte> options, out DnsCookie? cookie, out ushort error)
    {
        cookie = null;
        error = 0;
        WireReader reader = new(options);
        while (reader.Remaining > 0)
        {
            ushort code = reader.ReadUInt16();
            ReadOnlySpan<byte> value = reader.ReadBytes(reader.ReadUInt16());
            if (reader.Failed)
            {
                break;
            }

            if (code == CookieOption && cookie is null)
            {
                if (!DnsCookie.TryRead(value, out DnsCookie read))
                {
                    return false;
                }

                cookie = read;
            }
            else if (code == ExtendedErrorOption && error == 0)
            {
                WireReader number = new(value);
                error = number.ReadUInt16();
            }
        }

        return true;
    }
}
