using VirtNet.Host.Iptables;

namespace VirtNet.Host.Neighbours;

/// <summary>What an administrator can do about a firewall that cuts guests off.</summary>
internal static class Remedies
{
    public static string For(CutOff cutOff)
    {
        string bridge = cutOff.Network.Bridge;
        DropSite site = cutOff.Site;
        bool services = cutOff.Lost.Any(traffic => traffic is Traffic.Dhcp or Traffic.Dns);
        bool finding = cutOff.Lost.Any(traffic => traffic is Traffic.Neighbours or Traffic.Routers) && site.Table.Family is "ip6" or "inet";
        bool ways = cutOff.Lost.Any(traffic => traffic is Traffic.Outside or Traffic.Guests);
        return cutOff.Owner.Who switch
        {
            Neighbour.Firewalld => $"firewall-cmd --zone=virtnet --change-interface={bridge} (the zone comes with virtnet; firewall-cmd --reload if it is not known)",
            Neighbour.Ufw => All(
                services ? $"ufw allow in on {bridge} to any port 53; ufw allow in on {bridge} to any port 67 proto udp" : null,
                ways ? $"ufw route allow in on {bridge}; ufw route allow out on {bridge}" : null),
            Neighbour.Docker => $"iptables -I DOCKER-USER -o {bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT; iptables -I DOCKER-USER -i {bridge} -j ACCEPT",
            Neighbour.Tailscale => "a subnet for the network outside 100.64.0.0/10, which Tailscale keeps for itself",
            _ when site.Table.Chains.ContainsKey(IptablesChains.Postrouting) && site.Base.Place!.Hook == "postrouting" && site.Rule is not null =>
                $"that rule behind the jump to {IptablesChains.Postrouting}, or translating there",
            _ when site.Rule is not null => "removing that rule, or an accept before it",
            _ when site.Table.Keeper != RuleKeeper.Nft => All(
                services ? $"{Iptables(site)} -I {site.Base.Name} -i {bridge} -p udp -m multiport --dports 53,67 -j ACCEPT" : null,
                finding ? $"{Iptables(site)} -I {site.Base.Name} -i {bridge} -p ipv6-icmp -j ACCEPT" : null,
                ways ? $"{Iptables(site)} -I {site.Base.Name} -i {bridge} -j ACCEPT; {Iptables(site)} -I {site.Base.Name} -o {bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT" : null),
            _ when site.Base.Place!.Hook is "ingress" or "egress" || site.Table.Family == "bridge" =>
                $"nft delete chain {site.Table} {site.Base.Name}, or accepting rules in it",
            _ => All(
                services ? $"nft insert rule {site.Table} {site.Base.Name} iifname {bridge} meta l4proto {{ tcp, udp }} th dport {{ 53, 67, 547 }} accept" : null,
                finding ? $"nft insert rule {site.Table} {site.Base.Name} iifname {bridge} meta l4proto ipv6-icmp accept" : null,
                ways ? $"nft insert rule {site.Table} {site.Base.Name} iifname {bridge} accept; nft insert rule {site.Table} {site.Base.Name} oifname {bridge} ct state established,related accept" : null),
        };
    }

    /// <summary>For what is published of the host itself: of others who come to that port nothing is said.</summary>
    public static string For(DropSite site, HostPublication place)
    {
        return site switch
        {
            { Rule: not null } => "removing that rule, or an accept before it",
            { Table.Keeper: RuleKeeper.Nft } => $"nft insert rule {site.Table} {site.Base.Name} {NftAdmissionRules.ToHost(place)}",
            _ => $"{Iptables(site)} -I {site.Base.Name} {IptablesMatch.ArrivedAt(place, place.Targets[0])} -m conntrack --ctstate DNAT {IptablesMatch.SentTo(place, place.Ports)} -j ACCEPT",
        };
    }

    private static string Iptables(DropSite site) =>
        (site.Table.Family == "ip6" ? "ip6tables" : "iptables") + (site.Table.Keeper == RuleKeeper.IptablesLegacy ? "-legacy" : "");

    private static string All(params string?[] remedies) => string.Join("; ", remedies.OfType<string>());
}
