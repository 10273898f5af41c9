using System.Globalization;

namespace VirtNet.Model.Xml;

/// <summary>
/// Unsigned numbers as C's strtoull reads them, but without a sign that wraps and without trailing text.
/// </summary>
internal static class NumberText
{
    /// <param name="radix">10, or 0 for "0x" and leading-zero octal as well.</param>
    public static bool TryParse(string text, int radix, out ulong value)
    {
        ReadOnlySpan<char> digits = text.AsSpan().TrimStart(" \t\n\v\f\r");
        if (digits is ['+', ..])
        {
            digits = digits[1..];
        }

        if (radix == 0 && digits is ['0', 'x' or 'X', ..])
        {
            return ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        return radix == 0 && digits is ['0', _, ..]
            ? TryParseOctal(digits, out value)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryParse(string text, int radix, out uint value)
    {
        bool read = TryParse(text, radix, out ulong wide) && wide <= uint.MaxValue;
        value = read ? (uint)wide : 0;
        return read;
    }

    private static bool TryParseOctal(ReadOnlySpan<char> digits, out ulong value)
    {
        value = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7' || value > ulong.MaxValue >> 3)
            {
                value = 0;
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }
}
