using System.Globalization;
using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>Octets in hex, of which some may be * for any.</summary>
/// <param name="Octets">-1 = any.</param>
internal sealed record OctetPattern(ValueList<short> Octets)
{
    private const short Any = -1;
    private static readonly char[] Marks = [':', '-', ' '];

    public byte[] ToArray() => [.. Octets.Select(octet => octet == Any ? (byte)0 : (byte)octet)];

    public bool HasWildcards => Octets.AsSpan().Contains(Any);

    /// <summary>How many octets are not *.</summary>
    public int Known => Octets.Count - Octets.AsSpan().Count(Any);

    /// <summary>Whether the first octets are these.</summary>
    public bool Matches(ReadOnlySpan<byte> octets)
    {
        if (Octets.Count > octets.Length)
        {
            return false;
        }

        for (int i = 0; i < Octets.Count; i++)
        {
            if (Octets[i] != Any && Octets[i] != octets[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Groups of hex digits between colons, hyphens or blanks, or * as a group; null for anything else.</summary>
    public static OctetPattern? TryParse(string text)
    {
        List<short> octets = [];
        foreach (string group in text.Split(Marks))
        {
            if (group == "*")
            {
                octets.Add(Any);
                continue;
            }

            for (int i = 0; i < group.Length; i += 2)
            {
                ReadOnlySpan<char> digits = group.AsSpan(i, Math.Min(2, group.Length - i));
                if (!byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
                {
                    return null;
                }

                octets.Add(octet);
            }
        }

        return new OctetPattern(octets.ToValueList());
    }
}
