using VirtNet.Model;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Leases;

/// <summary>What a DHCPv6 client calls itself (RFC 8415, 11), as lease lists and definitions write it.</summary>
internal static class Duid
{
    private const byte LinkLayerAndTime = 1;
    private const byte LinkLayer = 3;
    private const byte Ethernet = 1;

    /// <summary>Lower-case hex, octets joined by colons.</summary>
    public static string Format(ReadOnlySpan<byte> duid) =>
        string.Create(Math.Max(0, (duid.Length * 3) - 1), duid, static (text, octets) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                byte octet = octets[i / 3];
                text[i] = (i % 3) switch { 0 => Hex(octet >> 4), 1 => Hex(octet & 15), _ => ':' };
            }
        });

    /// <summary>The DUID that a machine with this card makes of it (RFC 8415, 11.4: DUID-LL).</summary>
    public static string Of(MacAddress mac) => $"00:03:00:01:{mac}";

    /// <summary>
    /// Reads a DUID as written in a definition: one or two hex digits an octet, any case. Null if it cannot be one.
    /// </summary>
    public static string? Normalize(string text)
    {
        string[] octets = text.Split(':');
        return octets.Length is >= Dhcp6Message.MinDuid and <= Dhcp6Message.MaxDuid
            && octets.All(octet => octet.Length is 1 or 2 && octet.All(char.IsAsciiHexDigit))
            ? string.Join(':', octets.Select(octet => octet.PadLeft(2, '0').ToLowerInvariant()))
            : null;
    }

    /// <summary>The MAC that a DUID was made from, which the machine has or had (11.2, 11.4); null where it was made from something else.</summary>
    public static MacAddress? MacIn(ReadOnlySpan<byte> duid)
    {
        int start = duid.Length < 4 || duid[2] != 0 || duid[3] != Ethernet || duid[0] != 0 ? -1 : duid[1] switch
        {
            LinkLayerAndTime => 8,
            LinkLayer => 4,
            _ => -1,
        };
        return start > 0 && duid.Length == start + MacAddress.Length ? new MacAddress(duid[start..]) : null;
    }

    private static char Hex(int digit) => (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
