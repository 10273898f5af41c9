using System.Globalization;

namespace VirtNet.Fabric.Frr;

/// <summary>What a bgpd does by its own account (<c>show running-config</c>), as far as the fabric has to know.</summary>
internal sealed class BgpdConfiguration
{
    private const string Instance = "router bgp ";
    private const string Family = "address-family ";
    private const string EveryNetwork = "advertise-all-vni";

    private readonly HashSet<string> _lines = [];

    private BgpdConfiguration()
    {
    }

    /// <summary>The autonomous system of its default instance; null = it has none.</summary>
    public uint? Asn { get; private set; }

    /// <summary>Which instance tells of the host's VXLAN networks, as bgpd names it; null = none does. There is one at most.</summary>
    public string? Advertiser { get; private set; }

    /// <summary>Whether that is the default instance.</summary>
    public bool AdvertisesByDefault { get; private set; }

    /// <summary>The lines of the default instance.</summary>
    public string Default { get; private set; } = "";

    public static BgpdConfiguration Parse(string text)
    {
        BgpdConfiguration found = new();
        string? instance = null;
        string family = "";
        foreach (string line in text.Split('\n').Select(line => line.TrimEnd('\r', ' ')).Where(line => line.Length > 0))
        {
            string word = line.TrimStart();
            if (line[0] != ' ')
            {
                instance = line.StartsWith(Instance, StringComparison.Ordinal) ? line[Instance.Length..] : null;
                family = "";
                if (uint.TryParse(instance, NumberStyles.None, CultureInfo.InvariantCulture, out uint asn)) // others have a view or VRF behind it
                {
                    found.Asn = asn;
                }

                continue;
            }

            if (instance is null)
            {
                continue;
            }

            family = word.StartsWith(Family, StringComparison.Ordinal) ? word[Family.Length..] : word == "exit-address-family" ? "" : family;
            bool isDefault = found.Asn is { } own && instance == own.ToString(CultureInfo.InvariantCulture);
            if (word == EveryNetwork)
            {
                (found.Advertiser, found.AdvertisesByDefault) = (instance, isDefault);
            }

            if (isDefault)
            {
                found.Default += line + "\n";
                found._lines.Add($"{family}/{word}");
            }
        }

        return found;
    }

    /// <summary>Whether its default instance has a line.</summary>
    /// <param name="family">The address family that it is of; empty = of none.</param>
    public bool Has(string family, string line) => _lines.Contains($"{family}/{line}");
}
