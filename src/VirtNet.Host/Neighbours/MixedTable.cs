namespace VirtNet.Host.Neighbours;

/// <summary>
/// A table of iptables into which another tool has put rules. iptables refuses to show it as a whole, but shows each chain that
/// holds none of these.
/// </summary>
internal static class MixedTable
{
    /// <summary>Each chain costs a process.</summary>
    private const int MaxChains = 100;

    /// <param name="listed">The table as nftables shows it.</param>
    public static async Task<RuleTable> ReadAsync(
        IptablesPrograms iptables, string prefix, RuleTable listed, CancellationToken cancellationToken)
    {
        Dictionary<string, RuleChain> chains = [];
        foreach (RuleChain chain in listed.Chains.Values)
        {
            chains[chain.Name] = chain;
            if (chains.Count <= MaxChains)
            {
                try
                {
                    string shown = await iptables.ListChainAsync(prefix, listed.Name, chain.Name, cancellationToken);
                    chains[chain.Name] = chain with
                    {
                        Rules = [.. shown.Split('\n').Where(line => line.StartsWith("-A ", StringComparison.Ordinal))
                            .Select(line => line.Split(' ', 3)).Where(parts => parts.Length == 3)
                            .Select(parts => IptablesWords.Parse(parts[2].Trim()))],
                    };
                }
                catch (HostCommandException)
                {
                    // the chain with the other tool's rule: nftables' view of it stays
                }
            }
        }

        return listed with { Keeper = RuleKeeper.IptablesNft, Chains = chains };
    }
}
