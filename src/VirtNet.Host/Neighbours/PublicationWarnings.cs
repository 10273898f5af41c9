using VirtNet.Host.Netlink;

namespace VirtNet.Host.Neighbours;

/// <summary>Finds what rules of others do to what networks publish. Pure.</summary>
internal static class PublicationWarnings
{
    private const string FirewalldTable = "firewalld";
    private const string FirewalldForward = "filter_FORWARD";

    public static IEnumerable<PublicationWarning> Find(ForeignView view, GuestNetwork network, Culprit? culprit)
    {
        string? strict = network.Publishes && IsStrict(view.Tables)
            ? $"firewalld ({FirewalldTable}, chain {FirewalldForward}) drops what is translated for guests: its setting StrictForwardPorts is on. "
                + "What helps: StrictForwardPorts=no in /etc/firewalld/firewalld.conf" : null;
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
                    $"{NameOf(rival, culprit)} ({rival.Place}) sends the same connections elsewhere: one of the two is not reached. "
                    + "What helps: another port, or another address for one of them");
            }

            if (view.Translations.FindUnfollowing(place, network.Bridge).FirstOrDefault() is { } unfollowing)
            {
                yield return new PublicationWarning(
                    place,
                    $"{NameOf(unfollowing, culprit)} ({unfollowing.Place}) keeps the kernel from knowing answers for answers: clients get none. "
                    + "What helps: to except the published port, and the bridge, from that rule");
            }
        }
    }

    /// <summary>Without that setting firewalld lets through what anybody has translated.</summary>
    private static bool IsStrict(IReadOnlyList<RuleTable> tables) =>
        tables.FirstOrDefault(table => table is { Keeper: RuleKeeper.Nft, Name: FirewalldTable }) is { } firewalld
        && firewalld.Chains.TryGetValue(FirewalldForward, out RuleChain? forward) && forward.Rules.Count > 0
        && !forward.Rules.Any(rule => rule.Verdict.Kind == VerdictKind.Accept && rule.Text.StartsWith("ct status dnat", StringComparison.Ordinal));

    private static string NameOf(RuleSite site, Culprit? culprit) =>
        Owner.Of(new DropSite(site.Table, site.Chain, site.Chain, site.Rule), culprit).Name;
}
