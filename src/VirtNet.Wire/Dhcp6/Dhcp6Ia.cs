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
            foreach (UInt128 address in Addresses)
            {
                return address;
            }

            return null;
        }
    }

    /// <summary>All addresses that the client names, in its order; for a foreach.</summary>
    public AddressEnumerable Addresses => new(_value[FixedLengthOf(_kind)..]);

    /// <summary>Whether the client names this address.</summary>
    public bool Names(UInt128 address)
    {
        foreach (UInt128 named in Addresses)
        {
            if (named == address)
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

    /// <inheritdoc cref="Addresses"/>
    public readonly ref struct AddressEnumerable(ReadOnlySpan<byte> options)
    {
        private readonly ReadOnlySpan<byte> _options = options;

        public AddressEnumerator GetEnumerator() => new(_options);
    }

    /// <inheritdoc cref="Addresses"/>
    public ref struct AddressEnumerator(ReadOnlySpan<byte> options)
    {
        private WireReader _reader = new(options);

        public UInt128 Current { get; private set; }

        public bool MoveNext()
        {
            while (Dhcp6Option.TryRead(ref _reader, out Dhcp6Option option))
            {
                if (option.Code == Dhcp6OptionCode.IaAddress)
                {
                    Current = BinaryPrimitives.ReadUInt128BigEndian(option.Value);
                    return true;
                }
            }

            return false;
        }
    }

    private static int FixedLengthOf(Dhcp6OptionCode kind) => kind == Dhcp6OptionCode.IaTa ? ShortLength : LongLength;
}
