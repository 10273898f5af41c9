using System.Buffers.Binary;

namespace VirtNet.Wire.Dhcp6;

/// <summary>One IA_NA of a client's message (RFC 8415, 21.4), borrowed from its datagram and known to be well formed.</summary>
public readonly ref struct Dhcp6Ia
{
    private const int FixedLength = 12; // IAID, T1, T2
    private const int AddressLength = 24; // address and two lifetimes

    private readonly ReadOnlySpan<byte> _value;

    internal Dhcp6Ia(ReadOnlySpan<byte> value) => _value = value;

    public uint Iaid => BinaryPrimitives.ReadUInt32BigEndian(_value);

    /// <summary>The first address that the client names; null if it names none.</summary>
    public UInt128? Address
    {
        get
        {
            WireReader reader = new(_value[FixedLength..]);
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
        WireReader reader = new(_value[FixedLength..]);
        while (Dhcp6Option.TryRead(ref reader, out Dhcp6Option option))
        {
            if (option.Code == Dhcp6OptionCode.IaAddress && BinaryPrimitives.ReadUInt128BigEndian(option.Value) == address)
            {
                return true;
            }
        }

        return false;
    }

    internal static bool IsWellFormed(ReadOnlySpan<byte> value)
    {
        if (value.Length < FixedLength)
        {
            return false;
        }

        WireReader reader = new(value[FixedLength..]);
        while (Dhcp6Option.TryRead(ref reader, out Dhcp6Option option))
        {
            if (option.Code == Dhcp6OptionCode.IaAddress && option.Value.Length < AddressLength)
            {
                return false;
            }
        }

        return !reader.Failed;
    }
}
