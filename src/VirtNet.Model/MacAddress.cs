using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace VirtNet.Model;

/// <summary>A 48-bit Ethernet address; text form is six lower-case two-digit octets joined by colons.</summary>
public readonly record struct MacAddress
{
    public const int Length = 6;

    private static readonly char[] Blanks = [' ', '\t', '\n', '\v', '\f', '\r'];

    private readonly ulong _value;

    private MacAddress(ulong value) => _value = value;

    public MacAddress(ReadOnlySpan<byte> octets)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(octets.Length, Length);
        foreach (byte octet in octets)
        {
            _value = (_value << 8) | octet;
        }
    }

    public bool IsMulticast => (this[0] & 1) != 0;

    public byte this[int index] => (byte)(_value >> (8 * (Length - 1 - index)));

    /// <summary>
    /// libvirt's reading: one or two hex digits an octet, separated by colons; blanks may follow, nothing else.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address)
    {
        address = default;
        string[] parts = text?.TrimEnd(Blanks).Split(':') ?? [];
        if (parts.Length != Length)
        {
            return false;
        }

        ulong value = 0;
        foreach (string part in parts)
        {
            if (part.Length is 0 or > 2
                || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
            {
                return false;
            }

            value = (value << 8) | octet;
        }

        address = new MacAddress(value);
        return true;
    }

    public static MacAddress Parse(string text) =>
        TryParse(text, out MacAddress address) ? address : throw new FormatException($"'{text}' is not a MAC address");

    public void CopyTo(Span<byte> destination)
    {
        for (int i = 0; i < Length; i++)
        {
            destination[i] = this[i];
        }
    }

    public byte[] ToArray()
    {
        byte[] octets = new byte[Length];
        CopyTo(octets);
        return octets;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{this[0]:x2}:{this[1]:x2}:{this[2]:x2}:{this[3]:x2}:{this[4]:x2}:{this[5]:x2}");
}
