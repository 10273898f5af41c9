using VirtNet.Host.Firewall;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Neighbours;

/// <summary>As <see cref="AdmissionRules"/>, in nft's words: what guests of a network need to pass a chain whose policy is to drop.</summary>
internal static class NftAdmissionRules
{
    /// <param name="family">Of the table: ip, ip6 or inet.</param>
    public static IEnumerable<string> ForServices(GuestNetwork network, string family)
    {
        string from = $"iifname \"{network.Bridge}\"";
        bool[] versions = VersionsIn(family);
        foreach (bool ipv6 in versions.Where(network.ServesDhcp))
        {
            yield return $"{from} udp dport {(ipv6 ? 547 : 67)} accept";
        }

        if (network.ServesNames && versions.Any(network.Has))
        {
            yield return $"{from} meta l4proto {{ tcp, udp }} th dport 53 accept";
        }

        if (network.ServesFiles && versions.Contains(false))
        {
            yield return $"{from} udp dport 69 accept";
        }

        if (versions.Contains(true) && network.Has(ipv6: true))
        {
            yield return $"{from} icmpv6 type {{ nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert }} accept";
        }

        foreach (HostPublication place in network.HostPlaces.Where(place => versions.Contains(place.Ipv6)))
        {
            yield return ToHost(place);
        }
    }

    /// <param name="family">Of the table: ip, ip6 or inet.</param>
    public static IEnumerable<string> ForForwarding(GuestNetwork network, string family, bool bridgedIsFiltered)
    {
        string from = $"iifname \"{network.Bridge}\"";
        string to = $"oifname \"{network.Bridge}\"";
        if (network.Forwards || bridgedIsFiltered)
        {
            yield return $"{from} {to} accept";
        }

        if (!network.Forwards)
        {
            yield break;
        }

        bool[] versions = VersionsIn(family);
        bool alike = versions.Select(network.TakesConnections).Distinct().Count() == 1;
        foreach (bool ipv6 in alike ? versions[..1] : versions)
        {
            string of = alike ? to : $"{to} meta nfproto {(ipv6 ? "ipv6" : "ipv4")}";
            if (network.TakesConnections(ipv6))
            {
                yield return $"{of} accept";
                continue;
            }

            yield return $"{of} ct state established,related accept";
            if (network.Publishes)
            {
                yield return $"{of} ct status dnat accept";
            }
        }

        yield return network.Device is { } device ? $"{from} oifname \"{Safe(device)}\" accept" : $"{from} accept";
    }

    /// <summary>By where it was sent to and where it arrived: nobody else comes to that port.</summary>
    public static string ToHost(HostPublication place) =>
        $"meta l4proto {place.Protocol!.Value.Name()} th dport {place.PortsAt(place.Targets[0])} ct status dnat "
        + (place.Address is { } address ? $"ct original {(place.Ipv6 ? "ip6" : "ip")} daddr {address} " : "")
        + $"ct original proto-dst {place.Ports} accept";

    private static bool[] VersionsIn(string family) => family switch
    {
        "ip" => [false],
        "ip6" => [true],
        _ => [false, true],
    };

    private static string Safe(string device)
    {
        InterfaceNames.ThrowIfUnsafe(device);
        return device;
    }
}
