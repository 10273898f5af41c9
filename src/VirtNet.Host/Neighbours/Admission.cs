using System.Text;

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
    /// <param name="networks">Those that run.</param>
    /// <param name="admits">False = only what is not needed any more is taken away.</param>
    /// <param name="isGone">Whether a bridge with rules of ours is nobody's any more.</param>
    public static IEnumerable<Admission> Plan(
        IReadOnlyList<RuleTable> tables, IReadOnlyList<GuestNetwork> networks, HostWays ways, bool admits, Func<string, bool> isGone)
    {
        foreach (RuleTable table in tables.Where(table => table.Keeper != RuleKeeper.Nft && table.Name == "filter"))
        {
            StringBuilder script = new();
            List<string> admitted = [];
            List<string> chains = [];
            foreach (RuleChain chain in table.Chains.Values.Where(chain => AdmissionPlaces.IsPlace(chain.Name)))
            {
                Dictionary<string, IReadOnlyList<string>> wanted = [];
                foreach (GuestNetwork network in networks)
                {
                    wanted[network.Bridge] = admits ? [.. Wanted(table, chain, network, ways)] : [];
                }

                string[] changed = AppendChanges(script, chain, wanted, isGone);
                admitted.AddRange(changed);
                chains.AddRange(changed.Length > 0 ? [chain.Name] : []);
            }

            if (script.Length > 0)
            {
                yield return new Admission(
                    table, $"*{table.Name}\n{script}COMMIT\n", [.. admitted.Distinct()], string.Join(", ", chains));
            }
        }
    }

    private static IEnumerable<string> Wanted(RuleTable table, RuleChain chain, GuestNetwork network, HostWays ways)
    {
        bool ipv6 = table.Family == "ip6";
        // Rules that are there stay, also while nothing is dropped: a reload goes through states that last for a moment.
        if (AdmissionPlaces.BaseOf(table, chain.Name) is not { } hook
            || !(chain.Rules.Any(rule => AdmissionRules.BridgeOf(rule) == network.Bridge)
                || CutOffs.PacketsOf(table, hook, network, ways).Any(packet => IsDropped(table, hook, packet))))
        {
            return [];
        }

        return hook.Place!.Hook == "input"
            ? AdmissionRules.ForServices(network, ipv6)
            : AdmissionRules.ForForwarding(network, ipv6, ways.BridgedIsFiltered, AdmissionRules.GuardedLinks(table));
    }

    private static bool IsDropped(RuleTable table, RuleChain hook, SamplePacket packet) =>
        RuleWalk.FindDrop(table, hook, packet, ignore: rule => rule.Comment == AdmissionRules.Mark) is not null;

    /// <returns>Bridges whose rules are put there, or put there anew.</returns>
    private static string[] AppendChanges(
        StringBuilder script, RuleChain chain, Dictionary<string, IReadOnlyList<string>> wanted, Func<string, bool> isGone)
    {
        ILookup<string, RuleLine> have = chain.Rules.Where(rule => AdmissionRules.BridgeOf(rule) is not null)
            .ToLookup(rule => AdmissionRules.BridgeOf(rule)!);
        RuleLine[] others = [.. chain.Rules.Where(rule => AdmissionRules.BridgeOf(rule) is null)];
        bool closed = others.Length > 0 && IsClosing(others[^1]);
        RuleLine? lastOther = others.Length > (closed ? 1 : 0) ? others[^(closed ? 2 : 1)] : null;
        int before = lastOther is null ? -1 : IndexOf(chain.Rules, lastOther);
        int end = closed ? IndexOf(chain.Rules, others[^1]) : chain.Rules.Count;
        string[] wrong = [.. wanted.Keys.Where(bridge => !have[bridge].Select(rule => rule.Text).SequenceEqual(wanted[bridge])
            || have[bridge].Any(rule => IndexOf(chain.Rules, rule) is var at && (at < before || at > end)))];
        RuleLine[] removed = [.. wrong.Concat(have.Select(group => group.Key).Where(bridge => !wanted.ContainsKey(bridge) && isGone(bridge)))
            .SelectMany(bridge => have[bridge])];
        foreach (RuleLine rule in removed)
        {
            script.Append("-D ").Append(chain.Name).Append(' ').Append(rule.Text).Append('\n');
        }

        string[] added = [.. wrong.Where(bridge => wanted[bridge].Count > 0)];
        int position = end + 1 - removed.Count(rule => IndexOf(chain.Rules, rule) < end); // iptables counts from 1
        foreach (string words in added.SelectMany(bridge => wanted[bridge]))
        {
            script.Append(closed ? $"-I {chain.Name} {position++} " : $"-A {chain.Name} ").Append(words).Append('\n');
        }

        return added;
    }

    /// <summary>What Docker ends its chain with, and has no effect.</summary>
    private static bool IsClosing(RuleLine rule) => rule.Text == "-j RETURN";

    private static int IndexOf(IReadOnlyList<RuleLine> rules, RuleLine wanted)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            if (ReferenceEquals(rules[i], wanted))
            {
                return i;
            }
        }

        return -1;
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
