using VirtNet.Model;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>To whom an address belongs: a client and one of its IAs, as a rule an interface (RFC 8415, 4.2).</summary>
/// <param name="Duid">Lower-case hex, octets joined by colons, as lease lists show it.</param>
internal readonly record struct Dhcp6Client(string Duid, Dhcp6IaId Ia)
{
    public static string FormatDuid(ReadOnlySpan<byte> duid) =>
        string.Create(Math.Max(0, (duid.Length * 3) - 1), duid, static (text, octets) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                byte octet = octets[i / 3];
                text[i] = (i % 3) switch { 0 => Hex(octet >> 4), 1 => Hex(octet & 15), _ => ':' };
            }
        });

    /// <summary>The DUID that a machine with this card makes of it (RFC 8415, 11.4: DUID-LL).</summary>
    public static string DuidOf(MacAddress mac) => $"00:03:00:01:{mac}";

    /// <summary>
    /// Reads a DUID as written in a definition: one or two hex digits an octet, any case. Null if it cannot be one.
    /// </summary>
    public static string? NormalizeDuid(string text)
    {
        string[] octets = text.Split(':');
        return octets.Length is >= Dhcp6Message.MinDuid and <= Dhcp6Message.MaxDuid
            && octets.All(octet => octet.Length is 1 or 2 && octet.All(char.IsAsciiHexDigit))
            ? string.Join(':', octets.Select(octet => octet.PadLeft(2, '0').ToLowerInvariant()))
            : null;
    }

    /// <summary>FNV-1a, so that a client is led to the same address whenever and wherever it asks.</summary>
    public uint Hash()
    {
        uint hash = 2166136261;
        foreach (char c in Duid)
        {
            hash = (hash ^ c) * 16777619;
        }

        hash = Ia.IsTemporary ? ~hash : hash;
        for (int shift = 0; shift < 32; shift += 8)
        {
            hash = (hash ^ ((Ia.Number >> shift) & 0xff)) * 16777619;
        }

        return hash ^ (hash >> 15); // the low bits alone choose in small ranges
    }

    private static char Hex(int digit) => (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
