using System.Text;
using VirtNet.Host.Iptables;

namespace VirtNet.Host.Neighbours;

/// <summary>Changes to one table of another firewall that let guests pass it, in one step.</summary>
/// <param name="Admitted">Bridges that get rules there.</param>
internal sealed record Admission(RuleTable Table, string Script, IReadOnlyList<string> Admitted, string Chains);

/// <summary>
/// Finds what has to be added to, and taken from, the places that Docker and ufw document for the rules of others. Pure.
/// Ours come last there, so that an administrator's own rules have their say first.
/// </summary>
internal static class Admissions
{
    /// <param name="networks">Those that run, or some of them.</param>
    /// <param name="ways">Asked only where there are networks.</param>
    /// <param name="admits">False = only what is not needed any more is taken away.</param>
    /// <param name="isGone">Whether a bridge with rules of ours is nobody's any more.</param>
    public static IEnumerable<Admission> Plan(
        IReadOnlyList<RuleTable> tables, IReadOnlyList<GuestNetwork> networks, HostWays? ways, bool admits, Func<string, bool> isGone)
    {
        foreach (RuleTable table in tables.Where(table => table.Keeper != RuleKeeper.Nft && table.Name == "filter"))
        {
            AdmissionPlace[] places = [.. table.Chains.Values.Where(chain => AdmissionPlaces.IsPlace(chain.Name))
                .Select(chain => AdmissionPlace.Of(table, chain))];
            if (places.Length == 0)
            {
                continue;
            }

            // What is found out once does not grow with the number of networks.
            ForeignRules foreign = ForeignRules.Of(table);
            StringBuilder script = new();
            List<string> admitted = [];
            List<string> chains = [];
            foreach (AdmissionPlace place in places)
            {
                Dictionary<string, IReadOnlyList<string>> wanted = [];
                foreach (GuestNetwork network in networks)
                {
                    wanted[network.Bridge] = admits && ways is not null ? [.. Wanted(foreign, place, network, ways)] : [];
                }

                string[] changed = place.AppendChanges(script, wanted, isGone);
                admitted.AddRange(changed);
                chains.AddRange(changed.Length > 0 ? [place.Chain.Name] : []);
            }

            if (script.Length > 0)
            {
                yield return new Admission(
                    table, $"*{table.Name}\n{script}COMMIT\n", [.. admitted.Distinct()], string.Join(", ", chains));
            }
        }
    }

    private static IEnumerable<string> Wanted(ForeignRules foreign, AdmissionPlace place, GuestNetwork network, HostWays ways)
    {
        bool ipv6 = foreign.Table.Family == "ip6";
        // Rules that are there stay, also while nothing is dropped: a reload goes through states that last for a moment.
        if (foreign.Ruled.Contains(network.Bridge)
            || AdmissionPlaces.BaseOf(foreign.Table, place.Chain.Name) is not { } hook
            || !(place.Ours.Contains(network.Bridge)
                || CutOffs.PacketsOf(foreign.Table, hook, network, ways).Any(
                    packet => RuleWalk.FindDrop(foreign.Table, hook, packet) is not null)
                || (hook.Place!.Hook == "input" && network.HostPlaces.Any(
                    published => published.Ipv6 == ipv6 && RuleWalk.FindDrop(foreign.Table, hook, SamplePackets.ToPublished(published, ways)) is not null))))
        {
            return [];
        }

        return hook.Place!.Hook == "input"
            ? AdmissionRules.ForServices(network, ipv6)
            : AdmissionRules.ForForwarding(network, ipv6, ways.BridgedIsFiltered, foreign.GuardedLinks);
    }

    /// <summary>A table without what was added to it before.</summary>
    /// <param name="GuardedLinks">Where it protects somebody.</param>
    /// <param name="Ruled">
    /// Bridges whose own rules are in this very table (the iptables backend): these come first, and need no place in others' chains.
    /// </param>
    private sealed record ForeignRules(RuleTable Table, IReadOnlyList<string> GuardedLinks, HashSet<string> Ruled)
    {
        public static ForeignRules Of(RuleTable table)
        {
            RuleTable others = table with
            {
                Chains = table.Chains.Values
                    .Select(chain => chain with { Rules = [.. chain.Rules.Where(rule => !AdmissionRules.IsOurs(rule))] })
                    .ToDictionary(chain => chain.Name),
            };
            return new ForeignRules(
                others,
                AdmissionRules.GuardedLinks(others),
                [
                    .. others.Chains.Values.SelectMany(chain => chain.Rules.Select(
                        rule => IptablesShapes.BridgeOf(new IptablesRule(table.Name, chain.Name, rule.Text)))).OfType<string>(),
                ]);
        }
    }
}

/// <summary>Chains that other firewalls document as the place for the rules of others.</summary>
internal static class AdmissionPlaces
{
    /// <summary>With the base chains that ask them.</summary>
    private static readonly (string Chain, string Hook)[] Places =
    [
        ("DOCKER-USER", "FORWARD"),
        ("ufw-before-forward", "FORWARD"), ("ufw6-before-forward", "FORWARD"),
        ("ufw-before-input", "INPUT"), ("ufw6-before-input", "INPUT"),
    ];

    public static bool IsPlace(string chain) => Places.Any(place => place.Chain == chain);

    /// <summary>The base chain from which a place is asked, or null: it is not asked, or not the first place of that base chain.</summary>
    public static RuleChain? BaseOf(RuleTable table, string chain)
    {
        (_, string hook) = Places.First(place => place.Chain == chain);
        return table.Chains.TryGetValue(hook, out RuleChain? from)
            && from.Rules.Select(rule => rule.Verdict.Target).FirstOrDefault(
                target => target is not null && Places.Any(place => place.Chain == target && place.Hook == hook)) == chain
                ? from : null;
    }
}
