using System.Buffers.Binary;

namespace VirtNet.Wire.Dhcp6;

/// <summary>
/// One IA of a client's message, borrowed from its datagram and known to be well formed: IA_NA, IA_TA or IA_PD (RFC 8415,
/// 21.4, 21.5 and 21.21).
/// </summary>
public readonly ref struct Dhcp6Ia
{
    private const int LongLength = 12; // IAID, T1, T2
    private const int ShortLength = 4; // IAID alone
    private const int AddressLength = 24; // address and two lifetimes

    private readonly ReadOnlySpan<byte> _value;
    private readonly Dhcp6OptionCode _kind;

    internal Dhcp6Ia(Dhcp6OptionCode kind, ReadOnlySpan<byte> value)
    {
        _kind = kind;
        _value = value;
    }

    public Dhcp6IaId Id => new(BinaryPrimitives.ReadUInt32BigEndian(_value), _kind == Dhcp6OptionCode.IaTa);

    /// <summary>The first address that the client names; null if it names none.</summary>
    public UInt128? Address
    {
        get
        {
            WireReader reader = new(_value[FixedLengthOf(_kind)..]);
            while (Dhcp6Option.TryRead(ref reader, out Dhcp6Option option))
            {
                if (option.Code == Dhcp6OptionCode.IaAddress)
                {
                    return BinaryPrimitives.ReadUInt128BigEndian(option.Value);
                }
            }

            return null;
        }
    }

    /// <summary>Whether the client names this address.</summary>
    public bool Names(UInt128 address)
    {
        WireReader reader = new(_value[FixedLengthOf(_kind)..]);
        while (Dhcp6Option.TryRead(ref reader, out Dhcp6Option option))
        {
            if (option.Code == Dhcp6OptionCode.IaAddress && BinaryPrimitives.ReadUInt128BigEndian(option.Value) == address)
            {
                return true;
            }
        }

        return false;
    }

    internal static bool IsWellFormed(Dhcp6OptionCode kind, ReadOnlySpan<byte> value)
    {
        if (value.Length < FixedLengthOf(kind))
        {
            return false;
        }

        WireReader reader = new(value[FixedLengthOf(kind)..]);
        while (Dhcp6Option.TryRead(ref reader, out Dhcp6Option option))
        {
            if (option.Code == Dhcp6OptionCode.IaAddress && option.Value.Length < AddressLength)
            {
                return false;
            }
        }

        return !reader.Failed;
    }

    private static int FixedLengthOf(Dhcp6OptionCode kind) => kind == Dhcp6OptionCode.IaTa ? ShortLength : LongLength;
}
