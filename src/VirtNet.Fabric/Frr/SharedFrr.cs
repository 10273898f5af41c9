using System.Globalization;
using System.Net;
using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Frr;

/// <summary>
/// What the fabric adds to the FRRouting that this host's operator runs: neighbours of its own, in a peer group of its own name, and
/// that bgpd tells of all VXLAN networks. What the operator has is left as it is, and nothing is written into his files.
/// </summary>
internal sealed class SharedFrr(FrrSettings settings)
{
    private const string Evpn = "l2vpn evpn";
    private const string Unicast = "ipv4 unicast";
    private const string EveryNetwork = "advertise-all-vni";

    /// <summary>How the group is taken out of the running configuration, its neighbours with it.</summary>
    private static readonly string s_noGroup = $" no neighbor {FrrSettings.Group} peer-group";

    /// <summary>Why the fabric cannot have neighbours in a bgpd; null = it can.</summary>
    public static string? ObjectionTo(BgpdConfiguration configuration) =>
        configuration.Asn is null ? "the bgpd of this host has no instance of its own (router bgp NUMBER, without a VRF)"
        : configuration is { Advertiser: { } other, AdvertisesByDefault: false }
            ? $"'router bgp {other}' of this host's bgpd tells of its VXLAN networks (advertise-all-vni), and bgpd lets one instance do that"
        : null;

    /// <summary>Whether a peer group of the fabric's name is there.</summary>
    public static bool HasGroup(BgpdConfiguration configuration) => configuration.Has("", $"neighbor {FrrSettings.Group} peer-group");

    /// <summary>Addresses of neighbours that the operator has: with one that is a member he speaks already, and there is one session for an address.</summary>
    public static IReadOnlySet<string> NeighboursOfOthers(BgpdConfiguration configuration)
    {
        HashSet<string> own = [.. FrrSettings.NeighboursIn(configuration.Default).Select(neighbour => neighbour.Address)];
        return configuration.Default.Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["neighbor", var address, ..] && IPAddress.TryParse(address, out _) && !own.Contains(address))
            .Select(words => words[1]).ToHashSet();
    }

    /// <summary>Whether it would be the fabric that has bgpd tell of all networks.</summary>
    public static bool IsSilent(BgpdConfiguration configuration) => configuration.Advertiser is null;

    /// <summary>What bgpd has to be told before it can be told of neighbours; empty = it knows.</summary>
    /// <param name="bfd">Whether bfdd runs, which is to say that a member is gone.</param>
    /// <exception cref="FabricException">It cannot have them.</exception>
    public IReadOnlyList<string> Missing(BgpdConfiguration configuration, bool bfd)
    {
        if ((ObjectionTo(configuration) ?? WhyOther(configuration)) is { } objection)
        {
            throw new FabricException(objection);
        }

        string[] group = [.. settings.GroupLines(bfd).Where(line => !configuration.Has("", line.Trim()))];
        string[] evpn = [.. ((string[])[$"neighbor {FrrSettings.Group} activate", EveryNetwork]).Where(line => !configuration.Has(Evpn, line))];
        string silent = $"no neighbor {FrrSettings.Group} activate"; // members hear nothing of the operator's other routes
        bool isSilent = configuration.Has("", "no bgp default ipv4-unicast") || configuration.Has(Unicast, silent);
        string[] lines =
        [
            .. group,
            .. evpn.Length == 0 ? [] : InFamily(Evpn, evpn),
            .. isSilent ? [] : InFamily(Unicast, [silent]),
        ];
        return lines.Length == 0 ? [] : [settings.Router, .. lines];
    }

    /// <summary>What takes back all that the fabric has added; empty = nothing of it is there.</summary>
    /// <param name="hasSpoken">Whether it was the fabric that had bgpd tell of all networks.</param>
    public static IReadOnlyList<string> Removal(BgpdConfiguration configuration, bool hasSpoken)
    {
        string[] lines =
        [
            .. HasGroup(configuration)
                ? [.. FrrSettings.NeighboursIn(configuration.Default).Select(neighbour => $" no neighbor {neighbour.Address}"), s_noGroup]
                : (string[])[],
            .. hasSpoken && configuration.AdvertisesByDefault ? InFamily(Evpn, [$"no {EveryNetwork}"]) : [],
        ];
        return lines.Length == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"router bgp {configuration.Asn}"), .. lines];
    }

    private string? WhyOther(BgpdConfiguration configuration) => configuration.Asn == settings.Asn ? null
        : $"the bgpd of this host is AS {configuration.Asn}, and the fabric AS {settings.Asn} (bgp_asn in fabric.conf): members are of one";

    private static string[] InFamily(string family, IEnumerable<string> lines) =>
        [$" address-family {family}", .. lines.Select(line => "  " + line), " exit-address-family"];
}
