using System.Globalization;
using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>MAC addresses as <c>dhcp-mac</c> and <c>dhcp-host</c> write them: with * for an octet, and a hardware type before them.</summary>
internal sealed record HardwarePattern(OctetPattern Octets)
{
    private const int Ethernet = 1;

    public static HardwarePattern Of(MacAddress mac) =>
        new(new OctetPattern(Enumerable.Range(0, MacAddress.Length).Select(i => (short)mac[i]).ToValueList()));

    public bool IsExact => !Octets.HasWildcards;

    public MacAddress ToAddress() => new(Octets.ToArray());

    public bool Matches(MacAddress mac)
    {
        Span<byte> octets = stackalloc byte[MacAddress.Length];
        for (int i = 0; i < MacAddress.Length; i++)
        {
            octets[i] = mac[i];
        }

        return Octets.Matches(octets);
    }

    /// <summary>Null for what is no hardware address; <paramref name="isOther"/> where it is one that is not Ethernet's.</summary>
    public static HardwarePattern? TryParse(string text, out bool isOther)
    {
        int hyphen = text.IndexOf('-', StringComparison.Ordinal);
        int type = Ethernet;
        bool typed = hyphen > 0 && int.TryParse(
            text.AsSpan(0, hyphen), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out type);
        OctetPattern? octets = OctetPattern.TryParse(typed ? text[(hyphen + 1)..] : text);
        isOther = octets is not null && (octets.Octets.Count != MacAddress.Length || (typed && type != Ethernet));
        return octets is null || isOther ? null : new HardwarePattern(octets);
    }
}
