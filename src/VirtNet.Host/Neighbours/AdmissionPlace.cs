using System.Text;

namespace VirtNet.Host.Neighbours;

/// <summary>One chain for the rules of others: what is in it, and how it comes to hold what is wanted.</summary>
/// <param name="Ours">Rules of ours by their bridge.</param>
/// <param name="End">Where ours end: the place after the last rule, or of the rule without effect that closes the chain.</param>
/// <param name="LastOther">Where the last rule of somebody else is, but for that one; -1 = nowhere.</param>
internal sealed record AdmissionPlace(RuleChain Chain, ILookup<string, PlacedRule> Ours, int End, bool IsClosed, int LastOther)
{
    public static AdmissionPlace Of(RuleChain chain)
    {
        PlacedRule[] rules = [.. chain.Rules.Select((rule, at) => new PlacedRule(rule, at, AdmissionRules.BridgeOf(rule)))];
        PlacedRule[] others = [.. rules.Where(rule => rule.Bridge is null)];
        bool closed = others.Length > 0 && IsClosing(others[^1].Rule);
        return new AdmissionPlace(
            chain,
            rules.Where(rule => rule.Bridge is not null).ToLookup(rule => rule.Bridge!),
            closed ? others[^1].At : rules.Length,
            closed,
            others.Length > (closed ? 1 : 0) ? others[^(closed ? 2 : 1)].At : -1);
    }

    /// <param name="wanted">The rules of each bridge that was looked at.</param>
    /// <param name="isGone">Whether another bridge is nobody's any more.</param>
    /// <returns>Bridges whose rules are put there, or put there anew.</returns>
    public string[] AppendChanges(StringBuilder script, Dictionary<string, IReadOnlyList<string>> wanted, Func<string, bool> isGone)
    {
        string[] wrong = [.. wanted.Keys.Where(bridge => !Ours[bridge].Select(rule => rule.Rule.Text).SequenceEqual(wanted[bridge])
            || Ours[bridge].Any(rule => rule.At < LastOther || rule.At > End))];
        PlacedRule[] removed =
        [
            .. wrong.Concat(Ours.Select(group => group.Key).Where(bridge => !wanted.ContainsKey(bridge) && isGone(bridge)))
                .SelectMany(bridge => Ours[bridge]),
        ];
        foreach (PlacedRule rule in removed)
        {
            script.Append("-D ").Append(Chain.Name).Append(' ').Append(rule.Rule.Text).Append('\n');
        }

        string[] added = [.. wrong.Where(bridge => wanted[bridge].Count > 0)];
        int position = End + 1 - removed.Count(rule => rule.At < End); // iptables counts from 1
        foreach (string words in added.SelectMany(bridge => wanted[bridge]))
        {
            script.Append(IsClosed ? $"-I {Chain.Name} {position++} " : $"-A {Chain.Name} ").Append(words).Append('\n');
        }

        return added;
    }

    /// <summary>What Docker ends its chain with, and has no effect.</summary>
    private static bool IsClosing(RuleLine rule) => rule.Text == "-j RETURN";
}

/// <summary>A rule, where it is, and the bridge that it is about if it is ours.</summary>
internal sealed record PlacedRule(RuleLine Rule, int At, string? Bridge);
