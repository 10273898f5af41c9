namespace VirtNet.Host.Iptables;

/// <summary>What <c>iptables-save</c> printed: the chains of each table and their rules.</summary>
internal sealed class IptablesState
{
    /// <summary>The kernel's own limit on jumps into jumps.</summary>
    private const int MaxDepth = 16;

    private readonly Dictionary<(string Table, string Chain), List<string>> _chains = [];

    private IptablesState()
    {
    }

    public static IptablesState Parse(string saved, IReadOnlyList<MixedChain>? mixed = null)
    {
        IptablesState state = new() { Mixed = mixed ?? [] };
        string table = "";
        foreach (ReadOnlySpan<char> line in saved.AsSpan().EnumerateLines())
        {
            if (line.StartsWith('*'))
            {
                table = line[1..].Trim().ToString();
            }
            else if (line.StartsWith(':'))
            {
                int end = line.IndexOf(' ');
                state.RulesOf(table, (end < 0 ? line[1..] : line[1..end]).ToString());
            }
            else if (line.StartsWith("-A ") && line[3..].IndexOf(' ') is var length and > 0)
            {
                state.RulesOf(table, line.Slice(3, length).ToString()).Add(line[(length + 4)..].Trim().ToString());
            }
        }

        return state;
    }

    public bool HasChain(string table, string chain) => _chains.ContainsKey((table, chain));

    public IEnumerable<string> Chains(string table) => _chains.Keys.Where(chain => chain.Table == table).Select(chain => chain.Chain);

    /// <summary>First to last; empty where the chain does not exist.</summary>
    public IReadOnlyList<string> Rules(string table, string chain) =>
        _chains.TryGetValue((table, chain), out List<string>? rules) ? rules : [];

    /// <summary>Whether a rule is there, or may be: what a mixed chain does not show is believed to be there, as it would be added for ever.</summary>
    public bool MayHave(IptablesRule rule) => Rules(rule.Table, rule.Chain).Contains(rule.Words)
        || Mixed.Any(chain => chain.Table == rule.Table && chain.Name == rule.Chain && chain.Rules.Any(hidden => hidden.Jump is null));

    /// <summary>All rules of libvirt's chains.</summary>
    public IEnumerable<IptablesRule> LibvirtRules() => IptablesChains.Links
        .SelectMany(link => link.To.Select(chain => (link.Table, chain)))
        .SelectMany(place => Rules(place.Table, place.chain).Select(words => new IptablesRule(place.Table, place.chain, words)));

    /// <summary>All jumps to ours that a built-in chain is to have, first to last.</summary>
    public string[] Jumps(IptablesLink link) =>
        [.. PublicationChains.LinksOf(this, link.Table, link.From), .. link.To.Select(chain => $"-j {chain}")];

    /// <summary>Whether a built-in chain jumps to all of ours, in their order, and early enough.</summary>
    public bool IsLinked(IptablesLink link)
    {
        string[] jumps = Jumps(link);
        IReadOnlyList<string> rules = Rules(link.Table, link.From);
        return link.To.All(chain => HasChain(link.Table, chain))
            && rules.Where(jumps.Contains).SequenceEqual(jumps)
            && rules.Reverse().SkipWhile(rule => !jumps.Contains(rule)).All(rule => jumps.Contains(rule) || MayLead(link, rule));
    }

    /// <summary>How many rules stay ahead when a built-in chain's jumps to ours are put in place again.</summary>
    public int Leading(IptablesLink link)
    {
        string[] jumps = Jumps(link);
        IReadOnlyList<string> rules = Rules(link.Table, link.From);
        return rules.Any(jumps.Contains)
            ? rules.TakeWhile(rule => !jumps.Contains(rule) && MayLead(link, rule)).Count()
            : 0; // at first they come first of all, as libvirt's do
    }

    /// <summary>Whether these rules, given in the order of their insertion, are there and are asked in the right order.</summary>
    public bool Contains(IEnumerable<IptablesRule> inserted) => inserted
        .GroupBy(rule => (rule.Table, rule.Chain))
        .All(group => Mixed.FirstOrDefault(chain => chain.Table == group.Key.Table && chain.Name == group.Key.Chain) is { } mixed
            ? group.GroupBy(MixedChain.SubjectOf).All(of => mixed.HandlesOf([of.Key]).Count() == of.Count())
            : IsWithin(group.Select(rule => rule.Words).Reverse(), Rules(group.Key.Table, group.Key.Chain)));

    /// <summary>Chains of ours that the iptables programs do not show, because another tool has put a rule there.</summary>
    public IReadOnlyList<MixedChain> Mixed { get; init; } = [];

    private bool MayLead(IptablesLink link, string rule) =>
        link.First ? IptablesLink.MayLead(rule) : !TakesAll(link.Table, rule, depth: 0);

    /// <summary>
    /// Whether no packet gets past a rule, though none is dropped by it, which would be meant, and none translated, which would be done then.
    /// </summary>
    private bool TakesAll(string table, string rule, int depth) => IptablesTokens.IsUnconditional(rule)
        && (IptablesTokens.TargetOf(rule) is "ACCEPT" or "RETURN" || IptablesTokens.GoesForGood(rule)
            || (depth < MaxDepth && LetsAllPass(Rules(table, IptablesTokens.TargetOf(rule)), table, depth + 1)));

    /// <summary>Whether all that comes to a chain passes there, and nothing comes back from it.</summary>
    private bool LetsAllPass(IReadOnlyList<string> rules, string table, int depth)
    {
        foreach (string rule in rules)
        {
            string target = IptablesTokens.TargetOf(rule);
            if (target == "RETURN" || IptablesTokens.GoesForGood(rule))
            {
                return false;
            }

            if (IptablesTokens.IsUnconditional(rule) && !IptablesTokens.GoesOn(target))
            {
                if (TakesAll(table, rule, depth))
                {
                    return true;
                }

                if (!HasChain(table, target))
                {
                    return false; // dropped, or translated
                }
            }
        }

        return false;
    }

    private static bool IsWithin(IEnumerable<string> wanted, IReadOnlyList<string> rules)
    {
        int next = 0;
        foreach (string words in wanted)
        {
            while (next < rules.Count && rules[next] != words)
            {
                next++;
            }

            if (next++ >= rules.Count)
            {
                return false;
            }
        }

        return true;
    }

    private List<string> RulesOf(string table, string chain)
    {
        if (!_chains.TryGetValue((table, chain), out List<string>? rules))
        {
            _chains.Add((table, chain), rules = []);
        }

        return rules;
    }
}
