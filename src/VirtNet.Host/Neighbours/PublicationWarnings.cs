using VirtNet.Host.Iptables;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Neighbours;

/// <summary>Finds what rules of others do to what networks publish. Pure.</summary>
internal static class PublicationWarnings
{
    private const string FirewalldTable = "firewalld";
    private const string FirewalldForward = "filter_FORWARD";

    public static IEnumerable<PublicationWarning> Find(ForeignView view, GuestNetwork network, HostWays? ways, RuleAuthors authors)
    {
        string? strict = network.Publishes && IsStrict(view.Tables)
            ? $"firewalld ({FirewalldTable}, chain {FirewalldForward}) drops what is translated for guests: its setting StrictForwardPorts is on. "
                + "What helps: StrictForwardPorts=no in /etc/firewalld/firewalld.conf" : null;
        foreach (PublicationWarning dropped in Dropped(view, network, ways, authors))
        {
            yield return dropped;
        }

        foreach (HostPublication place in network.Places)
        {
            if (strict is not null)
            {
                yield return new PublicationWarning(place, strict);
            }

            if (view.Translations.Find(place).FirstOrDefault() is { } rival)
            {
                yield return new PublicationWarning(
                    place,
                    $"{NameOf(rival, authors)} ({rival.Place}) sends the same connections elsewhere: one of the two is not reached. "
                    + "What helps: another port, or another address for one of them");
            }

            if (view.Translations.FindUnfollowing(place, network.Bridge, ways).FirstOrDefault() is { } unfollowing)
            {
                yield return new PublicationWarning(
                    place,
                    $"{NameOf(unfollowing, authors)} ({unfollowing.Place}) keeps the kernel from knowing answers for answers: clients get none. "
                    + "What helps: to except the published port, and the bridge, from that rule");
            }
        }
    }

    /// <summary>What keeps those out for whom something is published: no accept of ours ends another table's chain.</summary>
    private static IEnumerable<PublicationWarning> Dropped(ForeignView view, GuestNetwork network, HostWays? ways, RuleAuthors authors)
    {
        if (network.HostPlaces.Count == 0 && network.GuestPlaces.Count == 0)
        {
            yield break;
        }

        RuleTable[] tables = [.. view.Tables.Where(table => table.Family is "ip" or "ip6" or "inet" && !HasOurs(table, network))];
        MarkTrail marks = new(view.Tables);
        foreach (HostPublication place in network.HostPlaces)
        {
            foreach (DropSite site in DropsOf(tables, marks, "input", place.Ipv6, SamplePackets.ToPublished(place, ways)))
            {
                yield return new PublicationWarning(
                    place with { Targets = [] },
                    $"{Owner.Of(site, authors).Name} ({site.Place}) drops what comes to the host by it. What helps: {Remedies.For(site, place)}");
            }
        }

        foreach (HostPublication place in network.GuestPlaces)
        {
            // Of firewalld it is said by its setting.
            foreach (DropSite site in DropsOf(tables, marks, "forward", place.Ipv6, SamplePackets.ToPublishedGuest(place, network.Bridge, ways))
                .Where(site => site.Table.Name != FirewalldTable))
            {
                yield return new PublicationWarning(
                    place with { Targets = [] },
                    $"{Owner.Of(site, authors).Name} ({site.Place}) drops what comes to guests by it. "
                        + $"What helps: {Remedies.ForPublished(site, network.Bridge)}");
            }
        }
    }

    private static IEnumerable<DropSite> DropsOf(RuleTable[] tables, MarkTrail marks, string hook, bool ipv6, SamplePacket packet) =>
        tables.Where(table => table.Family switch { "ip" => !ipv6, "ip6" => ipv6, _ => true })
            .SelectMany(table => table.Chains.Values.Where(chain => chain.Place?.Hook == hook)
                .Select(chain => RuleWalk.FindDrop(table, chain, marks.Arriving(packet, table, chain))).OfType<DropSite>());

    /// <summary>Virtnet's own table, and one in which the iptables backend's rules are: what is published is let in there before others are asked.</summary>
    private static bool HasOurs(RuleTable table, GuestNetwork network) => table.Keeper == RuleKeeper.Nft
        ? table is { Family: NftNames.Family, Name: NftNames.TableName }
        : table.Chains.TryGetValue(IptablesChains.Input, out RuleChain? ours) && ours.Rules.Any(rule => rule.In == network.Bridge);

    /// <summary>Without that setting firewalld lets through what anybody has translated.</summary>
    private static bool IsStrict(IReadOnlyList<RuleTable> tables) =>
        tables.FirstOrDefault(table => table is { Keeper: RuleKeeper.Nft, Name: FirewalldTable }) is { } firewalld
        && firewalld.Chains.TryGetValue(FirewalldForward, out RuleChain? forward) && forward.Rules.Count > 0
        && !forward.Rules.Any(rule => rule.Verdict.Kind == VerdictKind.Accept && rule.Text.StartsWith("ct status dnat", StringComparison.Ordinal));

    private static string NameOf(RuleSite site, RuleAuthors authors) =>
        Owner.Of(new DropSite(site.Table, site.Chain, site.Chain, site.Rule), authors).Name;
}
