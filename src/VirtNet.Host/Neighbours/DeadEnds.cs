namespace VirtNet.Host.Neighbours;

/// <summary>Rules that no packet gets past: what comes after one of them in its chain has no effect.</summary>
internal static class DeadEnds
{
    /// <summary>The kernel's own limit on jumps into jumps.</summary>
    private const int MaxDepth = 16;

    public static bool Is(RuleTable table, RuleLine rule) => Is(table, rule, depth: 0);

    private static bool Is(RuleTable table, RuleLine rule, int depth) => rule.Tests.Count == 0 && rule.Verdict.Kind switch
    {
        VerdictKind.Accept or VerdictKind.Drop or VerdictKind.Return or VerdictKind.Goto => true,
        VerdictKind.Jump => depth < MaxDepth && table.Chains.TryGetValue(rule.Verdict.Target!, out RuleChain? target)
            && NeverReturns(table, target, depth + 1),
        _ => false,
    };

    /// <summary>Whether every packet that comes to a chain ends there.</summary>
    private static bool NeverReturns(RuleTable table, RuleChain chain, int depth)
    {
        foreach (RuleLine rule in chain.Rules)
        {
            if (rule.Verdict.Kind is VerdictKind.Return or VerdictKind.Goto or VerdictKind.Unknown)
            {
                return false; // some packet may come back, or somebody else decides
            }

            if (Is(table, rule, depth))
            {
                return true;
            }
        }

        return false;
    }
}
