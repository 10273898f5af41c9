using System.Runtime.CompilerServices;

namespace VirtNet.Wire.Dns;

/// <summary>
/// Which letters of a name are capitals. Names are looked up and kept in lower case, yet a client gets its question back
/// as it wrote it, and an upstream must return the capitals that were chosen for it at random (known as 0x20).
/// </summary>
public struct DnsNameCase
{
    private Bits _capitals;

    public static DnsNameCase Of(ReadOnlySpan<byte> name)
    {
        DnsNameCase result = default;
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] is >= (byte)'A' and <= (byte)'Z')
            {
                result._capitals[i / 64] |= 1ul << (i % 64);
            }
        }

        return result;
    }

    /// <summary>Takes capitals from random octets, eight letters from each.</summary>
    public static DnsNameCase FromRandom(ReadOnlySpan<byte> random)
    {
        DnsNameCase result = default;
        for (int i = 0; i < random.Length; i++)
        {
            result._capitals[i / 8] |= (ulong)random[i] << (8 * (i % 8));
        }

        return result;
    }

    /// <summary>Writes a name that is in lower case with these capitals.</summary>
    public readonly void Apply(ReadOnlySpan<byte> lower, Span<byte> destination)
    {
        for (int i = 0; i < lower.Length; i++)
        {
            bool capital = (_capitals[i / 64] >> (i % 64) & 1) != 0 && lower[i] is >= (byte)'a' and <= (byte)'z';
            destination[i] = capital ? (byte)(lower[i] & ~0x20) : lower[i];
        }
    }

    [InlineArray(4)]
    private struct Bits
    {
        private ulong _first;
    }
}
