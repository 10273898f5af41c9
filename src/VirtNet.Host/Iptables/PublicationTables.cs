using System.IO.Hashing;
using System.Text;
using VirtNet.Host.Firewall;

namespace VirtNet.Host.Iptables;

/// <summary>
/// Text for <c>iptables-restore --noflush</c> that makes a bridge's chains of publications, or removes them. The first rule of each
/// chain is a comment that follows from the others, by which it is known whether all is as it was made.
/// </summary>
internal static class PublicationTables
{
    /// <summary>Whether all that a network publishes is there, and asked for.</summary>
    public static bool IsIntact(IptablesState state, FirewallRules rules, bool ipv6)
    {
        IptablesRule[] wanted = [.. PublicationRenderer.Render(rules, ipv6)];
        string[] had = [.. ChainsOf(state, rules.Bridge).Select(chain => chain.Chain)];
        if (wanted.Length == 0)
        {
            return had.Length == 0;
        }

        ILookup<string, IptablesRule> byChain = wanted.ToLookup(rule => rule.Chain);
        return AreSharedIntact(state, ipv6) && had.All(byChain.Contains)
            && byChain.All(chain => IsIntact(state, chain.First().Table, chain.Key, [.. chain]));
    }

    /// <summary>What leads from what is there to what a network is to publish; empty where nothing is to be done.</summary>
    /// <param name="before">The bridge that it had; null = none.</param>
    /// <param name="after">Null = it publishes nothing.</param>
    public static string Replace(IptablesState state, string? before, FirewallRules? after, bool ipv6)
    {
        IptablesRule[] wanted = after is null ? [] : [.. PublicationRenderer.Render(after, ipv6)];
        if (wanted.Length > 0 && before == after!.Bridge && IsIntact(state, after, ipv6))
        {
            return "";
        }

        HashSet<string> keep = [.. wanted.Select(rule => rule.Chain)];
        (string Table, string Chain)[] going =
        [
            .. new[] { before, after?.Bridge }.OfType<string>().Distinct()
                .SelectMany(bridge => ChainsOf(state, bridge)).Where(chain => !keep.Contains(chain.Chain)),
        ];
        if (wanted.Length == 0)
        {
            return Remove(state, going);
        }

        Dictionary<string, List<string>> tables = [];
        Share(state, tables, ipv6);
        foreach (IGrouping<string, IptablesRule> chain in wanted.GroupBy(rule => rule.Chain))
        {
            string table = chain.First().Table;
            List<string> lines = Lines(tables, table);
            lines.Add($":{chain.Key} - [0:0]"); // makes it, or empties it
            lines.Add($"-A {chain.Key} {Mark(chain)}");
            lines.AddRange(chain.Select(rule => $"-A {chain.Key} {rule.Words}"));
            string shared = SharedOf(chain.Key);
            if (!state.Rules(table, shared).Contains($"-j {chain.Key}"))
            {
                lines.Add($"-I {shared}{(chain.Key[3] == PublicationChains.Forward ? " 2" : "")} -j {chain.Key}"); // answers come first
            }
        }

        foreach ((string table, string chain) in going)
        {
            Lines(tables, table).AddRange(Removal(state, table, chain));
        }

        // What is let through comes before what is translated, so that nothing is sent where it cannot go.
        return Text(tables, [PublicationChains.Raw, IptablesChains.Filter, IptablesChains.Nat]);
    }

    /// <summary>Removes what bridges other than these have.</summary>
    public static string RemoveOthers(IptablesState state, IReadOnlyCollection<string> keep) => Remove(
        state, [.. AllChains(state).Where(chain => PublicationChains.BridgeOf(chain.Chain) is { } bridge && !keep.Contains(bridge))]);

    private static string Remove(IptablesState state, (string Table, string Chain)[] going)
    {
        if (going.Length == 0)
        {
            return "";
        }

        Dictionary<string, List<string>> tables = [];
        if (!AllChains(state).All(going.Contains))
        {
            foreach ((string table, string chain) in going)
            {
                Lines(tables, table).AddRange(Removal(state, table, chain));
            }
        }
        else
        {
            RemoveAll(state, tables, going);
        }

        return Text(tables, [IptablesChains.Nat, IptablesChains.Filter, PublicationChains.Raw]);
    }

    /// <summary>
    /// What all networks share goes too. Its chains are emptied at first: a rule that is deleted from a chain that is emptied later in
    /// the same step stays until then, and keeps what it jumps to from being removed.
    /// </summary>
    private static void RemoveAll(IptablesState state, Dictionary<string, List<string>> tables, (string Table, string Chain)[] going)
    {
        foreach (IptablesRule link in PublicationChains.Links)
        {
            Lines(tables, link.Table).AddRange(state.Rules(link.Table, link.Chain).Where(rule => rule == link.Words).Select(rule => $"-D {link.Chain} {rule}"));
        }

        (string Table, string Chain)[] shared = [.. PublicationChains.SharedChains.Where(chain => state.HasChain(chain.Table, chain.Chain))];
        foreach ((string table, string chain) in shared.Concat(going))
        {
            Lines(tables, table).Add($"-F {chain}");
        }

        foreach ((string table, string chain) in shared.Concat(going))
        {
            Lines(tables, table).Add($"-X {chain}");
        }
    }

    private static IEnumerable<string> Removal(IptablesState state, string table, string chain)
    {
        string shared = SharedOf(chain);
        if (state.Rules(table, shared).Contains($"-j {chain}"))
        {
            yield return $"-D {shared} -j {chain}";
        }

        yield return $"-F {chain}";
        yield return $"-X {chain}";
    }

    /// <summary>
    /// Makes what all networks share, where it is missing. Where a shared chain is there, whether it is jumped to, and early enough,
    /// is seen to with the jumps to libvirt's chains (<see cref="IptablesTransaction"/>).
    /// </summary>
    private static void Share(IptablesState state, Dictionary<string, List<string>> tables, bool ipv6)
    {
        foreach ((string table, string chain) in PublicationChains.SharedChains.Where(chain => !state.HasChain(chain.Table, chain.Chain)))
        {
            Lines(tables, table).Add($":{chain} - [0:0]");
        }

        foreach (IptablesRule rule in PublicationChains.Fixed(ipv6).Where(rule => !state.MayHave(rule)))
        {
            Lines(tables, rule.Table).Add($"-A {rule.Chain} {rule.Words}");
        }

        IptablesRule first = PublicationChains.Established;
        if (!state.MayHave(first))
        {
            Lines(tables, first.Table).Add($"-I {first.Chain} {first.Words}");
        }

        foreach (IptablesRule link in PublicationChains.Links.Where(link =>
            !state.HasChain(link.Table, IptablesTokens.TargetOf(link.Words)) && !state.Rules(link.Table, link.Chain).Contains(link.Words)))
        {
            Lines(tables, link.Table).Add($"-I {link.Chain} {link.Words}");
        }
    }

    private static bool AreSharedIntact(IptablesState state, bool ipv6) =>
        PublicationChains.Links.Concat(PublicationChains.Fixed(ipv6)).Append(PublicationChains.Established)
            .All(state.MayHave);

    private static bool IsIntact(IptablesState state, string table, string chain, IptablesRule[] wanted)
    {
        IReadOnlyList<string> rules = state.Rules(table, chain);
        return rules.Count == wanted.Length + 1 && rules[0] == Mark(wanted) && state.Rules(table, SharedOf(chain)).Contains($"-j {chain}");
    }

    private static string Mark(IEnumerable<IptablesRule> rules) =>
        $"-m comment --comment virtnet-{Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(string.Join('\n', rules.Select(rule => rule.Words)))).AsSpan(0, 8))}";

    private static string SharedOf(string chain) => PublicationChains.SharedOf(chain[3]);

    private static IEnumerable<(string Table, string Chain)> ChainsOf(IptablesState state, string bridge) => PublicationChains.Kinds
        .Select(kind => (kind.Table, PublicationChains.ChainOf(kind.Kind, bridge))).Where(chain => state.HasChain(chain.Table, chain.Item2));

    private static IEnumerable<(string Table, string Chain)> AllChains(IptablesState state) => PublicationChains.Kinds
        .SelectMany(kind => state.Chains(kind.Table).Where(chain => PublicationChains.BridgeOf(chain) is not null && chain[3] == kind.Kind)
            .Select(chain => (kind.Table, chain)));

    private static List<string> Lines(Dictionary<string, List<string>> tables, string table)
    {
        if (!tables.TryGetValue(table, out List<string>? lines))
        {
            tables.Add(table, lines = []);
        }

        return lines;
    }

    private static string Text(Dictionary<string, List<string>> tables, string[] order) => string.Concat(order.Where(tables.ContainsKey)
        .Select(table => $"*{table}\n{string.Join('\n', tables[table])}\nCOMMIT\n"));
}
