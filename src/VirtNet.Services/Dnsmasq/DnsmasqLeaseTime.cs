using System.Globalization;
using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq;

/// <summary>A lease time: seconds, or a number with m, h, d or w behind it, or <c>infinite</c>.</summary>
internal static class DnsmasqLeaseTime
{
    private const uint HoursOfDay = 24;
    private const uint HoursOfWeek = 7 * HoursOfDay;

    public static LeaseTime? TryParse(string word)
    {
        if (word == "infinite")
        {
            return new LeaseTime(0, LeaseTimeUnit.Minutes);
        }

        (LeaseTimeUnit unit, uint factor) = word switch
        {
            [.., 'm' or 'M'] => (LeaseTimeUnit.Minutes, 1u),
            [.., 'h' or 'H'] => (LeaseTimeUnit.Hours, 1u),
            [.., 'd' or 'D'] => (LeaseTimeUnit.Hours, HoursOfDay),
            [.., 'w' or 'W'] => (LeaseTimeUnit.Hours, HoursOfWeek),
            _ => (LeaseTimeUnit.Seconds, 1u),
        };
        string digits = word.TrimEnd('m', 'M', 'h', 'H', 'd', 'D', 'w', 'W');
        return word.Length - digits.Length <= 1
            && uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number > 0
            ? new LeaseTime((ulong)number * factor, unit) : null;
    }
}
