using System.Globalization;

namespace VirtNet.Services.Dnsmasq;

/// <summary>Numbers as dnsmasq reads them.</summary>
internal static class CNumber
{
    /// <summary>Digits as C reads them into an int: too many go round, none are 0; null for anything else.</summary>
    public static int? Read(string digits)
    {
        if (!digits.All(char.IsAsciiDigit))
        {
            return null;
        }

        return digits.Length == 0 ? 0
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? unchecked((int)number)
            : unchecked((int)long.MaxValue);
    }
}
