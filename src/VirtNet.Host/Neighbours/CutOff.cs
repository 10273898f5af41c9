using VirtNet.Host.Iptables;
using VirtNet.Host.Nft;
using VirtNet.Model;

namespace VirtNet.Host.Neighbours;

/// <summary>One place where another firewall drops what guests of a network need.</summary>
internal sealed record CutOff(GuestNetwork Network, DropSite Site, ValueList<Traffic> Lost, Owner Owner)
{
    /// <summary>The place alone: what several networks may have in common.</summary>
    public string Place => Site.Place;

    public string What => string.Join(", ", Lost.Select(traffic => traffic switch
    {
        Traffic.Dhcp => "DHCP",
        Traffic.Dns => "DNS",
        Traffic.Outside => "guests to the outside",
        Traffic.Guests => "guests among themselves",
        Traffic.Neighbours => "guests finding the host (ARP, neighbour discovery)",
        Traffic.Routers => "guests finding their IPv6 router",
        _ => "ping to the host",
    }));

    public string Text => $"{Owner.Name} ({Place}): {What}. What helps: {Remedies.For(this)}";
}

/// <summary>Finds what other firewalls drop of a network. Pure.</summary>
internal static class CutOffs
{
    /// <param name="ours">Rules of the iptables backend, which refuse what they must.</param>
    public static IEnumerable<CutOff> Find(
        IReadOnlyList<RuleTable> tables, GuestNetwork network, HostWays ways, Func<DropSite, bool> ours, RuleAuthors authors) =>
        Find(tables, new MarkTrail(tables), network, ways, ours, authors);

    public static IEnumerable<CutOff> Find(
        IReadOnlyList<RuleTable> tables, MarkTrail marks, GuestNetwork network, HostWays ways, Func<DropSite, bool> ours, RuleAuthors authors)
    {
        foreach (RuleTable table in tables)
        {
            foreach (RuleChain chain in ChainsOf(table, network).Where(chain => chain.Place is not null))
            {
                IEnumerable<Drop> drops = PacketsOf(table, chain, network, ways)
                    .Select(packet => RuleWalk.FindDrop(table, chain, marks.Arriving(packet, table, chain)) is { } site
                        && !ours(site) && IsMissed(packet, site)
                        ? new Drop(packet, site, Owner.Of(site, authors)) : null)
                    .OfType<Drop>();
                // What one neighbour drops in several places of a chain is one thing to say, by its policy where that is one of them.
                foreach (IGrouping<string, Drop> group in drops.GroupBy(drop => drop.Owner.Who is null
                    ? $"{drop.Site.Chain.Name} {drop.Site.Rule?.Text}" : drop.Owner.Name))
                {
                    Drop first = group.OrderBy(drop => drop.Site.Rule is null ? 0 : 1).First();
                    yield return new CutOff(
                        network, first.Site, group.Select(drop => drop.Packet.Traffic).Distinct().Order().ToValueList(), first.Owner);
                }

                foreach (DropSite site in Bypasses(table, chain, network, ways))
                {
                    yield return new CutOff(network, site, [Traffic.Outside], Owner.Of(site, authors));
                }
            }
        }
    }

    /// <summary>
    /// What keeps guests' packets from the host's address, which the iptables backend's rules give them in a chain that all share: they go
    /// out with one that nobody can answer.
    /// </summary>
    private static IEnumerable<DropSite> Bypasses(RuleTable table, RuleChain chain, GuestNetwork network, HostWays ways) =>
        chain.Place!.Hook != "postrouting" || !table.Chains.TryGetValue(IptablesChains.Postrouting, out RuleChain? ours) ? []
        : PacketsOf(table, chain, network, ways)
            .Where(packet => packet is { Traffic: Traffic.Outside, Established: false }
                && ours.Rules.Any(rule => rule.Verdict.Kind == VerdictKind.Hide && rule.Ask(packet) == Match.Yes))
            .Select(packet => RuleWalk.FindUntranslated(table, chain, packet)).OfType<DropSite>()
            .Where(site => site.Chain.Name != IptablesChains.Postrouting);

    /// <summary>Who drops all that is not wanted needs no ping; who drops pings is said.</summary>
    private static bool IsMissed(SamplePacket packet, DropSite site) =>
        packet.Traffic != Traffic.Ping || site.Rule is { Tests.Count: > 0 };

    public static IEnumerable<SamplePacket> PacketsOf(RuleTable table, RuleChain chain, GuestNetwork network, HostWays ways)
    {
        HookPlace place = chain.Place!;
        IReadOnlyList<string>? ports = table.Family == "bridge" ? [.. ways.PortsOf(network.Bridge)] : null;
        bool isOfLinks = table.Family == "netdev" || place.Hook is "ingress" or "egress";
        if (isOfLinks)
        {
            // Of ports only what all of them share would be certain; a rule on one port concerns one guest, and is said too.
            ports = place.Devices.Contains(network.Bridge) ? null : [.. ways.PortsOf(network.Bridge).Where(place.Devices.Contains)];
        }

        IEnumerable<SamplePacket> packets =
        [
            .. isOfLinks && ports is { Count: 0 } ? [] : SamplePackets.At(place.Hook, network, ways, ports),
            .. isOfLinks ? SamplePackets.AtUplinks(place.Hook, network, ways, place.Devices) : [],
        ];
        return packets.Select(packet => packet with { Links = ways.Links })
            .Where(packet => table.Family switch
            {
                "ip" => packet is { IsIpv6: false, IsArp: false },
                "ip6" => packet.IsIpv6,
                "inet" => !packet.IsArp || place.Hook == "ingress",
                "arp" => packet.IsArp,
                _ => true,
            });
    }

    /// <summary>Of virtnet's own table only this network's chains: it has some for every network.</summary>
    private static IEnumerable<RuleChain> ChainsOf(RuleTable table, GuestNetwork network) =>
        table is not { Keeper: RuleKeeper.Nft, Family: NftNames.Family, Name: NftNames.TableName } ? table.Chains.Values
        : NftNames.BridgeMaps.Select(map => table.Chains.GetValueOrDefault(NftNames.ChainOf(map, network.Bridge))).OfType<RuleChain>();

    private sealed record Drop(SamplePacket Packet, DropSite Site, Owner Owner);
}
