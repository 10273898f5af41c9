namespace VirtNet.Model.Xml;

/// <summary>
/// UUIDs as libvirt reads them: 32 hex digits of any case, dashes anywhere between octets or nowhere, blanks
/// around.
/// </summary>
internal static class UuidText
{
    public static bool TryParse(string text, out Guid uuid)
    {
        uuid = default;
        Span<char> digits = stackalloc char[32];
        int count = 0;
        foreach (char c in text.AsSpan().Trim(" \t\n\v\f\r"))
        {
            if (c == '-' && count % 2 == 0)
            {
                continue;
            }

            if (!char.IsAsciiHexDigit(c) || count == digits.Length)
            {
                return false;
            }

            digits[count++] = c;
        }

        return count == digits.Length && Guid.TryParseExact(digits, "N", out uuid);
    }
}
