using System.Globalization;
using VirtNet.Wire.Ndisc;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>
/// The value of a <c>ra-param=</c> line: <c>interface,[mtu:octets, interface or off,][high,|low,]interval[,lifetime]</c>, in seconds.
/// </summary>
internal sealed record RaLine(string Interface)
{
    private const int LeastMtu = 1280; // RFC 8200, 5
    private const int LongestLifetime = 9000; // RFC 4861, 6.2.1
    /// <summary>Seconds between two advertisements where nothing is said.</summary>
    public const int UsualInterval = 600;

    private const int ShortestInterval = 4;
    private const int LongestInterval = 1800;

    /// <summary>Null = the network's; 0 = none is told.</summary>
    public uint? Mtu { get; init; }

    /// <summary>Another interface has the MTU that is meant.</summary>
    public string? MtuOf { get; init; }

    public RouterPreference Preference { get; init; }

    /// <summary>At most so many seconds pass between two advertisements; null = as usual.</summary>
    public int? Interval { get; init; }

    /// <summary>As a default router; 0 = it is none.</summary>
    public ushort RouterLifetime { get; init; } = 3 * UsualInterval;

    /// <summary>Whether it is about an interface: a name may end with * for all that begin so.</summary>
    public bool Concerns(string? bridge) => Words.IsPattern(Interface, bridge);

    /// <summary>Null for what dnsmasq refuses.</summary>
    public static RaLine? TryParse(string value)
    {
        string[] words = Words.Split(value);
        if (words.Length == 1)
        {
            return new RaLine(""); // says nothing about any
        }

        RaLine line = new(HiddenText.Reveal(words[0]));
        int next = 1;
        if (next < words.Length && words[next].StartsWith("mtu:", StringComparison.OrdinalIgnoreCase))
        {
            string mtu = words[next++][4..];
            bool isNumber = int.TryParse(mtu, NumberStyles.None, CultureInfo.InvariantCulture, out int octets);
            if (mtu.Length == 0 || (isNumber && octets < LeastMtu))
            {
                return null;
            }

            bool isOff = mtu.Equals("off", StringComparison.OrdinalIgnoreCase);
            line = isOff || isNumber ? line with { Mtu = (uint)octets } : line with { MtuOf = mtu };
        }

        if (next < words.Length && PreferenceOf(words[next]) is { } preference)
        {
            line = line with { Preference = preference };
            next++;
        }

        int[] numbers = [0, -1];
        int count = words.Length - next;
        for (int i = 0; i < count; i++)
        {
            if (i == numbers.Length || !int.TryParse(words[next + i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return count < 1 ? null : line.With(numbers[0], numbers[1]);
    }

    private RaLine With(int seconds, int lifetime)
    {
        int interval = seconds == 0 ? UsualInterval : Math.Clamp(seconds, ShortestInterval, LongestInterval);
        return this with
        {
            Interval = seconds == 0 ? null : interval,
            RouterLifetime = (ushort)(lifetime < 0 ? 3 * interval : lifetime == 0 ? 0 : Math.Clamp(lifetime, interval, LongestLifetime)),
        };
    }

    private static RouterPreference? PreferenceOf(string word) =>
        word.StartsWith("high", StringComparison.OrdinalIgnoreCase) ? RouterPreference.High
        : word.StartsWith("low", StringComparison.OrdinalIgnoreCase) ? RouterPreference.Low
        : null;
}
