using System.Globalization;
using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq;

/// <summary>
/// A lease time: seconds, or a number with s, m, h, d or w behind it, or <c>infinite</c>. Less than two minutes, over which some
/// clients stumble, count as two.
/// </summary>
internal static class DnsmasqLeaseTime
{
    private const uint HoursOfDay = 24;
    private const uint HoursOfWeek = 7 * HoursOfDay;
    private const uint Shortest = 120;

    public static LeaseTime? TryParse(string word)
    {
        if (word == "infinite")
        {
            return new LeaseTime(0, LeaseTimeUnit.Minutes);
        }

        (LeaseTimeUnit unit, uint factor) = word switch
        {
            [.., 's' or 'S'] => (LeaseTimeUnit.Seconds, 1u),
            [.., 'm' or 'M'] => (LeaseTimeUnit.Minutes, 1u),
            [.., 'h' or 'H'] => (LeaseTimeUnit.Hours, 1u),
            [.., 'd' or 'D'] => (LeaseTimeUnit.Hours, HoursOfDay),
            [.., 'w' or 'W'] => (LeaseTimeUnit.Hours, HoursOfWeek),
            _ => (LeaseTimeUnit.Seconds, 1u),
        };
        string digits = word.TrimEnd('s', 'S', 'm', 'M', 'h', 'H', 'd', 'D', 'w', 'W');
        if (word.Length - digits.Length > 1 || !uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
        {
            return null;
        }

        LeaseTime lease = new((ulong)number * factor, unit);
        return number == 0 || lease.Duration < TimeSpan.FromSeconds(Shortest) ? new LeaseTime(Shortest, LeaseTimeUnit.Seconds) : lease;
    }
}
