namespace VirtNet.Host.Neighbours;

/// <summary>Reads what an <c>iptables-save</c> printed.</summary>
internal static class IptablesListing
{
    public static IReadOnlyList<RuleTable> Parse(string saved, RuleKeeper keeper, string family)
    {
        List<RuleTable> tables = [];
        Dictionary<string, RuleChain> chains = [];
        Dictionary<string, RuleList> rules = [];
        foreach (string line in saved.Split('\n'))
        {
            if (line.StartsWith('*'))
            {
                chains = [];
                rules = [];
                tables.Add(new RuleTable(keeper, family, line[1..].Trim(), chains));
            }
            else if (line.StartsWith(':') && line[1..].Split(' ') is [var name, var policy, ..])
            {
                chains[name] = new RuleChain(name, PlaceOf(tables[^1].Name, name, policy), rules[name] = []);
            }
            else if (line.StartsWith("-A ", StringComparison.Ordinal)
                && line[3..].Split(' ', 2) is [var chain, var words] && rules.TryGetValue(chain, out RuleList? of))
            {
                of.Add(IptablesWords.Parse(words.Trim()));
            }
        }

        return tables;
    }

    /// <summary>The rules of one chain, as <c>iptables -S</c> prints it.</summary>
    public static RuleList ParseChain(string listed) =>
    [
        .. listed.Split('\n').Where(line => line.StartsWith("-A ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', 3)).Where(parts => parts.Length == 3)
            .Select(parts => IptablesWords.Parse(parts[2].Trim())),
    ];

    /// <summary>The kernel's own chains have a policy, others a dash.</summary>
    private static HookPlace? PlaceOf(string table, string chain, string policy) => chain switch
    {
        _ when policy == "-" => null,
        "PREROUTING" or "INPUT" or "FORWARD" or "OUTPUT" or "POSTROUTING" =>
            new HookPlace(chain.ToLowerInvariant(), policy == "DROP", []) { Priority = PriorityOf(table, chain) },
        _ => null,
    };

    /// <summary>The kernel's own order of these tables (linux/netfilter_ipv4.h).</summary>
    private static int PriorityOf(string table, string chain) => table switch
    {
        "raw" => -300,
        "mangle" => -150,
        "nat" => chain is "PREROUTING" or "OUTPUT" ? -100 : 100,
        "security" => 50,
        _ => 0,
    };
}
