using System.Text;

namespace VirtNet.Host.Neighbours;

/// <summary>One chain for the rules of others: what is in it, and how it comes to hold what is wanted.</summary>
/// <param name="Ours">Rules of ours by their bridge.</param>
/// <param name="End">Where ours end: the place after the last rule, or of the return that no packet gets past.</param>
/// <param name="LastOther">Where the last rule of somebody else is that packets get to, but for that return; -1 = nowhere.</param>
internal sealed record AdmissionPlace(RuleChain Chain, ILookup<string, PlacedRule> Ours, int End, bool IsClosed, int LastOther)
{
    public static AdmissionPlace Of(RuleTable table, RuleChain chain)
    {
        PlacedRule[] rules = [.. chain.Rules.Select((rule, at) => new PlacedRule(rule, at, AdmissionRules.BridgeOf(rule)))];
        PlacedRule[] others = [.. rules.Where(rule => rule.Bridge is null)];
        // What is behind it says nothing to any packet, and so has no say about where ours belong either.
        PlacedRule? last = others.FirstOrDefault(other => DeadEnds.Is(table, other.Rule));
        bool closed = last?.Rule.Verdict.Kind == VerdictKind.Return;
        return new AdmissionPlace(
            chain,
            rules.Where(rule => rule.Bridge is not null).ToLookup(rule => rule.Bridge!),
            closed ? last!.At : rules.Length,
            closed,
            others.Where(other => last is null || other.At < last.At || (other == last && !closed))
                .Select(other => other.At).DefaultIfEmpty(-1).Last());
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
}

/// <summary>A rule, where it is, and the bridge that it is about if it is ours.</summary>
internal sealed record PlacedRule(RuleLine Rule, int At, string? Bridge);
