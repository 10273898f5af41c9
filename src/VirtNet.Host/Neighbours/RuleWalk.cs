namespace VirtNet.Host.Neighbours;

/// <summary>What becomes of a packet in one base chain, as far as its rules can be understood.</summary>
internal static class RuleWalk
{
    /// <summary>The kernel's own limit on jumps into jumps.</summary>
    private const int MaxDepth = 16;

    /// <returns>The rule or policy by which the packet is certainly dropped, or null.</returns>
    public static DropSite? FindDrop(RuleTable table, RuleChain chain, SamplePacket packet)
    {
        Step step = Walk(table, chain, ref packet, depth: 0);
        return step.Kind switch
        {
            StepKind.Dropped => step.Site! with { Base = chain },
            StepKind.Through when chain.Place is { DropsByDefault: true } => new DropSite(table, chain, chain, Rule: null),
            _ => null,
        };
    }

    /// <returns>The rule by which a packet certainly passes with the source that it came with, or null.</returns>
    public static DropSite? FindUntranslated(RuleTable table, RuleChain chain, SamplePacket packet) =>
        Walk(table, chain, ref packet, depth: 0) is { Kind: StepKind.Passed or StepKind.Through, Site: { } site }
        && (site.Rule!.Verdict.Kind == VerdictKind.Accept || (site.Rule.Verdict.Kind == VerdictKind.Return && site.Chain == chain))
            ? site with { Base = chain } : null;

    /// <returns>The packet with what it was marked with on its way through.</returns>
    public static SamplePacket Mark(RuleTable table, RuleChain chain, SamplePacket packet)
    {
        Walk(table, chain, ref packet, depth: 0);
        return packet;
    }

    private static Step Walk(RuleTable table, RuleChain chain, ref SamplePacket packet, int depth)
    {
        bool mayLeave = false;
        foreach (RuleLine rule in chain.Rules.About(packet))
        {
            bool decides = rule.Verdict.Kind is not (VerdictKind.None or VerdictKind.Unfollow);
            if ((!decides && rule.Marks.Count == 0) || rule.Ask(packet) is var match && match == Match.No)
            {
                continue;
            }

            bool certain = match == Match.Yes && !mayLeave;
            packet = rule.Marks.Aggregate(packet, (marked, change) => change.Apply(marked, certain));
            if (!decides)
            {
                continue;
            }

            SamplePacket there = packet;
            Step step = rule.Verdict.Kind switch
            {
                VerdictKind.Drop => new Step(StepKind.Dropped, new DropSite(table, chain, chain, rule)),
                VerdictKind.Accept or VerdictKind.Hide => new Step(StepKind.Passed, new DropSite(table, chain, chain, rule)),
                VerdictKind.Return => new Step(StepKind.Through, new DropSite(table, chain, chain, rule)),
                VerdictKind.Jump or VerdictKind.Goto => depth < MaxDepth
                    && table.Chains.TryGetValue(rule.Verdict.Target!, out RuleChain? target)
                        ? Walk(table, target, ref there, depth + 1) : Step.Passed,
                _ => Step.Passed, // or somebody else decides, which is no certain drop
            };
            packet = certain ? there : Either(packet, there);
            bool leaves = rule.Verdict.Kind is VerdictKind.Return or VerdictKind.Goto;
            if (match == Match.Yes && (leaves || step.Kind != StepKind.Through))
            {
                return !mayLeave ? step : step.Kind == StepKind.Passed ? Step.Passed : Step.Through;
            }

            // A rule that may be about this packet: certain is only what both ways lead to.
            if (match == Match.Maybe && step.Kind == StepKind.Passed)
            {
                return Step.Passed;
            }

            mayLeave |= match == Match.Maybe && leaves && step.Kind == StepKind.Through;
        }

        return Step.Through;
    }

    /// <summary>A packet that came one of two ways.</summary>
    private static SamplePacket Either(SamplePacket one, SamplePacket other) => ReferenceEquals(one, other) ? one : one with
    {
        Mark = one.Mark == other.Mark ? one.Mark : null,
        ConnectionMark = one.ConnectionMark == other.ConnectionMark ? one.ConnectionMark : null,
    };

    private enum StepKind
    {
        /// <summary>Nothing spoke for or against it, or not for certain: what comes next decides.</summary>
        Through,

        /// <summary>It may pass.</summary>
        Passed,
        Dropped,
    }

    /// <param name="Site">Where it was decided, if it was for certain.</param>
    private sealed record Step(StepKind Kind, DropSite? Site = null)
    {
        public static readonly Step Through = new(StepKind.Through);
        public static readonly Step Passed = new(StepKind.Passed);
    }
}

/// <summary>Where it is decided about a packet: a rule of a chain, or a base chain's policy.</summary>
/// <param name="Base">The base chain that the packet came through.</param>
/// <param name="Rule">Null = the policy.</param>
internal sealed record DropSite(RuleTable Table, RuleChain Base, RuleChain Chain, RuleLine? Rule)
{
    /// <summary>By which people find it.</summary>
    public string Place
    {
        get
        {
            string within = Chain.Name == Base.Name ? "" : $", chain {Chain.Name}";
            return Rule is null ? $"{Table} {Base.Name}, policy drop" : $"{Table} {Base.Name}{within}, rule '{Rule.Text}'";
        }
    }
}
