using VirtNet.Host.Iptables;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// What an administrator can do about a firewall that cuts guests off: no more than what virtnet does itself where it may, and behind
/// the administrator's own rules.
/// </summary>
internal static class Remedies
{
    private const string DockersPlace = "DOCKER-USER";

    public static string For(CutOff cutOff)
    {
        DropSite site = cutOff.Site;
        string? known = cutOff.Owner.Who switch
        {
            Neighbour.Firewalld => $"firewall-cmd --zone=virtnet --change-interface={cutOff.Network.Bridge} (the zone comes with virtnet; firewall-cmd --reload if it is not known)",
            Neighbour.Ufw => ForUfw(cutOff),
            Neighbour.Docker when site.Table.Chains.TryGetValue(DockersPlace, out RuleChain? place) => Iptables(site.Table, place, Forwarding(cutOff)),
            Neighbour.Tailscale => "a subnet for the network outside 100.64.0.0/10, which Tailscale keeps for itself",
            _ => null,
        };
        return known ?? site switch
        {
            { Rule: not null } when site.Table.Chains.ContainsKey(IptablesChains.Postrouting) && site.Base.Place!.Hook == "postrouting" =>
                $"that rule behind the jump to {IptablesChains.Postrouting}, or translating there",
            { Rule: not null } => "removing that rule, or an accept before it",
            { Table.Keeper: not RuleKeeper.Nft } => Iptables(site.Table, site.Base, IptablesWords(cutOff)),
            _ when site.Base.Place!.Hook is "ingress" or "egress" || site.Table.Family == "bridge" =>
                $"nft delete chain {site.Table} {site.Base.Name}, or accepting rules in it",
            _ => Nft(site.Table, site.Base, NftWords(cutOff)),
        };
    }

    /// <summary>For what is published of the host itself: of others who come to that port nothing is said.</summary>
    public static string For(DropSite site, HostPublication place) => For(
        site,
        NftAdmissionRules.ToHost(place),
        $"{IptablesMatch.ArrivedAt(place, place.Targets[0])} -m conntrack --ctstate DNAT {IptablesMatch.SentTo(place, place.Ports)} -j ACCEPT");

    /// <summary>For what is published of guests: only what was translated for them.</summary>
    public static string ForPublished(DropSite site, string bridge) => For(
        site, $"oifname {bridge} ct status dnat accept", $"-o {bridge} -m conntrack --ctstate DNAT -j ACCEPT");

    private static string For(DropSite site, string nft, string iptables) => site switch
    {
        { Rule: not null } => "removing that rule, or an accept before it",
        { Table.Keeper: RuleKeeper.Nft } => Nft(site.Table, site.Base, [nft]),
        _ => Iptables(site.Table, site.Base, [iptables]),
    };

    /// <returns>Null where ufw's own words do not help.</returns>
    private static string? ForUfw(CutOff cutOff)
    {
        string bridge = cutOff.Network.Bridge;
        string[] words =
        [
            .. cutOff.Lost.Any(traffic => traffic is Traffic.Dhcp or Traffic.Dns)
                ? [$"ufw allow in on {bridge} to any port 53", $"ufw allow in on {bridge} to any port 67 proto udp"] : (string[])[],
            .. cutOff.Lost.Any(traffic => traffic is Traffic.Outside or Traffic.Guests)
                ? [$"ufw route allow in on {bridge}", $"ufw route allow out on {bridge}"] : (string[])[],
            .. cutOff.Lost.Any(traffic => traffic is Traffic.Neighbours or Traffic.Routers)
                ? [$"-A ufw6-before-input -i {bridge} -p ipv6-icmp -j ACCEPT in /etc/ufw/before6.rules"] : (string[])[],
        ];
        return words.Length == 0 ? null : string.Join("; ", words);
    }

    private static IEnumerable<string> IptablesWords(CutOff cutOff)
    {
        GuestNetwork network = cutOff.Network;
        bool ipv6 = cutOff.Site.Table.Family == "ip6";
        return cutOff.Site.Base.Place!.Hook switch
        {
            "forward" => Forwarding(cutOff),
            "input" =>
            [
                .. AdmissionRules.ForServices(network with { HostPlaces = [] }, ipv6).Select(AdmissionRules.Unmarked),
                .. ipv6 ? [$"-i {network.Bridge} -p ipv6-icmp -j ACCEPT"] : (string[])[],
            ],
            "prerouting" => [$"-i {network.Bridge} -j ACCEPT", "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"],
            _ => [$"-o {network.Bridge} -j ACCEPT", .. network.Ips.Where(ip => ip.IsIpv6 == ipv6).Select(ip => $"-s {ip.Network} -j ACCEPT")],
        };
    }

    private static IEnumerable<string> Forwarding(CutOff cutOff) => AdmissionRules.ForForwarding(
        cutOff.Network, cutOff.Site.Table.Family == "ip6", cutOff.Lost.Contains(Traffic.Guests),
        AdmissionRules.GuardedLinks(cutOff.Site.Table)).Select(AdmissionRules.Unmarked);

    private static IEnumerable<string> NftWords(CutOff cutOff)
    {
        GuestNetwork network = cutOff.Network;
        string family = cutOff.Site.Table.Family;
        return (cutOff.Site.Base.Place!.Hook, family) switch
        {
            ("forward", _) => NftAdmissionRules.ForForwarding(network, family, cutOff.Lost.Contains(Traffic.Guests)),
            ("input", not "arp") => NftAdmissionRules.ForServices(network with { HostPlaces = [] }, family),
            ("input", _) => [$"iifname {network.Bridge} accept"],
            ("prerouting", _) => [$"iifname {network.Bridge} accept", "ct state established,related accept"],
            _ => [$"iifname {network.Bridge} accept", $"oifname {network.Bridge} accept"],
        };
    }

    /// <summary>At the chain's end, or before the rule there that no packet gets past.</summary>
    private static string Iptables(RuleTable table, RuleChain chain, IEnumerable<string> words)
    {
        string program = (table.Family == "ip6" ? "ip6tables" : "iptables") + (table.Keeper == RuleKeeper.IptablesLegacy ? "-legacy" : "")
            + (table.Name == "filter" ? "" : $" -t {table.Name}");
        AdmissionPlace place = AdmissionPlace.Of(table, chain);
        return string.Join("; ", words.Select((rule, i) => place.IsClosed
            ? $"{program} -I {chain.Name} {place.End + 1 + i} {rule}" // iptables counts from 1
            : $"{program} -A {chain.Name} {rule}"));
    }

    private static string Nft(RuleTable table, RuleChain chain, IEnumerable<string> words)
    {
        string command = chain.Rules.Any(rule => DeadEnds.Is(table, rule)) ? "insert" : "add";
        return string.Join("; ", words.Select(rule => $"nft {command} rule {table} {chain.Name} {rule.Replace("\"", "", StringComparison.Ordinal)}"));
    }
}
