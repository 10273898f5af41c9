using System.Text.RegularExpressions;
using VirtNet.Host.Iptables;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// The rules by which guests of a network pass another firewall: what the network serves to them, and their way out. What of this
/// a guest may really do is still decided by the network's own rules.
/// </summary>
internal static partial class AdmissionRules
{
    /// <summary>By which virtnet knows its rules among those of others.</summary>
    public const string Mark = "virtnet";

    private const string Marked = $"-m comment --comment {Mark}";

    public static IEnumerable<string> ForServices(GuestNetwork network, bool ipv6)
    {
        if (network.ServesDhcp(ipv6))
        {
            yield return Service("udp", ipv6 ? 547 : 67);
        }

        if (network.ServesNames && network.Has(ipv6))
        {
            yield return Service("udp", 53);
            yield return Service("tcp", 53);
        }

        if (network.ServesFiles && !ipv6)
        {
            yield return Service("udp", 69);
        }

        // By where they were sent to and where they arrived, so that nobody else comes to that port, and no translation but this one opens
        // it. The comment says whose they are.
        foreach (string words in network.HostPlaces.Where(place => place.Ipv6 == ipv6).Select(place =>
            $"{IptablesMatch.ArrivedAt(place, place.Targets[0])} -m conntrack --ctstate DNAT {IptablesMatch.SentTo(place, place.Ports)} "
                + $"-m comment --comment \"{Mark} {network.Bridge}\" -j ACCEPT").Distinct())
        {
            yield return words;
        }

        string Service(string protocol, int port) =>
            $"-i {network.Bridge} -p {protocol} -m {protocol} --dport {port} {Marked} -j ACCEPT";
    }

    /// <param name="guarded">Links behind which the other firewall protects somebody: there it decides for guests as for strangers.</param>
    public static IEnumerable<string> ForForwarding(
        GuestNetwork network, bool ipv6, bool bridgedIsFiltered, IEnumerable<string> guarded)
    {
        if (network.Forwards || bridgedIsFiltered)
        {
            yield return $"-i {network.Bridge} -o {network.Bridge} {Marked} -j ACCEPT";
        }

        if (!network.Forwards)
        {
            yield break;
        }

        foreach (string link in guarded.Where(link => link != network.Bridge))
        {
            yield return $"-i {network.Bridge} -o {link} {Marked} -j RETURN";
        }

        if (network.Publishes && !network.TakesConnections(ipv6))
        {
            yield return $"-o {network.Bridge} -m conntrack --ctstate DNAT {Marked} -j ACCEPT";
        }

        yield return network.TakesConnections(ipv6)
            ? $"-o {network.Bridge} {Marked} -j ACCEPT"
            : $"-o {network.Bridge} -m conntrack --ctstate RELATED,ESTABLISHED {Marked} -j ACCEPT";
        yield return network.Device is { } device
            ? $"-i {network.Bridge} -o {device} {Marked} -j ACCEPT"
            : $"-i {network.Bridge} {Marked} -j ACCEPT";
    }

    /// <summary>Links to which a table sends, or drops, all that others forward: containers' bridges, and other programs' networks.</summary>
    /// <param name="table">Without rules of ours.</param>
    public static IReadOnlyList<string> GuardedLinks(RuleTable table) =>
    [
        .. table.Chains.Values.SelectMany(chain => chain.Rules)
            .Where(rule => rule.Verdict.Kind == VerdictKind.Drop
                || rule.Verdict.Target?.StartsWith("DOCKER", StringComparison.Ordinal) == true)
            .Select(rule => Outward().Match(rule.Text)).Where(match => match.Success)
            .Select(match => match.Groups["link"].Value).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>As an administrator would write it: of rules with its mark virtnet keeps those alone that it has made.</summary>
    public static string Unmarked(string rule) => rule.Replace($" {Marked}", "", StringComparison.Ordinal);

    public static bool IsOurs(RuleLine rule) => rule.Comment == Mark || rule.Comment.StartsWith(Mark + " ", StringComparison.Ordinal);

    /// <summary>The bridge of a rule of ours, or null: not ours.</summary>
    public static string? BridgeOf(RuleLine rule) =>
        rule.Comment.Split(' ') is [Mark, var bridge, ..] ? bridge
        : rule.Comment == Mark && Ours().Match(rule.Text) is { Success: true } match ? match.Groups["bridge"].Value : null;

    [GeneratedRegex(@"^(! -i \S+ )?-o (?<link>\S+) -j \S+")]
    private static partial Regex Outward();

    /// <summary>All but the answers to guests begin with where a packet comes from.</summary>
    [GeneratedRegex(@"^-[io] (?<bridge>\S+) ")]
    private static partial Regex Ours();
}
