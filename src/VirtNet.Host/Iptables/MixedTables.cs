using System.Text;
using System.Text.Json;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Iptables;

/// <summary>
/// Reads tables of which <c>iptables-save</c> shows nothing, because one chain somewhere in them holds a rule of nftables' own.
/// Chain by chain: only the one with that rule cannot be read.
/// </summary>
internal sealed class MixedTables(IptablesPrograms programs, INftSession? nft)
{
    /// <param name="saved">What could be read at once.</param>
    /// <exception cref="HostCommandException">A chain could not be read: it may exist, and hold anything.</exception>
    public async Task<IptablesState> ReadAsync(IptablesFamily family, string saved, CancellationToken cancellationToken)
    {
        StringBuilder text = new(saved);
        List<MixedChain> mixed = [];
        ILookup<string, string> published = await ListPublishedAsync(family, cancellationToken);
        foreach (IGrouping<string, IptablesLink> links in IptablesChains.Links.GroupBy(link => link.Table)
            .Where(links => !saved.Contains($"*{links.Key}\n", StringComparison.Ordinal)))
        {
            text.Append('*').Append(links.Key).Append('\n');
            foreach (string chain in links.SelectMany(link => link.To.Prepend(link.From)).Concat(published[links.Key]))
            {
                ListedChain listed = await programs.ListChainAsync(family.Program, links.Key, chain, cancellationToken);
                MixedChain? hidden = listed.Sight == ChainSight.Hidden
                    ? await ListAsync(family, links.Key, chain, cancellationToken) : null;
                if (listed.Sight == ChainSight.Shown || hidden is not null)
                {
                    text.Append(':').Append(chain).Append(" - [0:0]\n").Append(hidden?.Words ?? listed.Words);
                }

                if (hidden is not null)
                {
                    mixed.Add(hidden);
                }
            }
        }

        return IptablesState.Parse(text.ToString(), mixed);
    }

    /// <summary>Deletes what the iptables programs cannot delete any more.</summary>
    public async Task DeleteAsync(
        IptablesFamily family, IptablesState state, IReadOnlyCollection<string> subjects, CancellationToken cancellationToken)
    {
        string script = string.Concat(state.Mixed.SelectMany(chain => chain.HandlesOf(subjects)
            .Select(handle => $"delete rule {(family.IsIpv6 ? "ip6" : "ip")} {chain.Table} {chain.Name} handle {handle}\n")));
        if (script.Length > 0)
        {
            await nft!.ExecuteAsync(script, cancellationToken);
        }
    }

    /// <summary>Deletes jumps that the iptables programs cannot delete any more.</summary>
    /// <param name="script">For <c>iptables-restore</c>, and soon to be run.</param>
    /// <returns>What is left of it to do.</returns>
    public async Task<string> DeleteJumpsAsync(
        IptablesFamily family, IptablesState state, string script, CancellationToken cancellationToken)
    {
        if (state.Mixed.Count == 0)
        {
            return script;
        }

        List<string> left = [];
        StringBuilder deletions = new();
        HashSet<long> gone = [];
        string table = "";
        foreach (string line in script.Split('\n'))
        {
            table = line.StartsWith('*') ? line[1..] : table;
            if (line.Split(' ', 3) is ["-D", var name, var words]
                && state.Mixed.FirstOrDefault(chain => chain.Table == table && chain.Name == name) is { } mixed
                && mixed.Rules.FirstOrDefault(rule => rule.Jump == words && !gone.Contains(rule.Handle)) is { } jump)
            {
                gone.Add(jump.Handle);
                deletions.Append($"delete rule {(family.IsIpv6 ? "ip6" : "ip")} {table} {name} handle {jump.Handle}\n");
            }
            else
            {
                left.Add(line);
            }
        }

        if (deletions.Length > 0)
        {
            await nft!.ExecuteAsync(deletions.ToString(), cancellationToken); // whence the chain is known
        }

        return string.Join('\n', left);
    }

    /// <summary>Chains of what networks publish, of each table.</summary>
    private async Task<ILookup<string, string>> ListPublishedAsync(IptablesFamily family, CancellationToken cancellationToken)
    {
        using JsonDocument? listing = nft is null ? null
            : await nft.ListAsync(["list", "chains", family.IsIpv6 ? "ip6" : "ip"], cancellationToken);
        IEnumerable<JsonElement> items = listing is null ? [] : listing.RootElement.GetProperty("nftables").EnumerateArray();
        return items
            .Where(item => item.TryGetProperty("chain", out _)).Select(item => item.GetProperty("chain"))
            .Select(chain => (Table: chain.GetProperty("table").GetString()!, Name: chain.GetProperty("name").GetString()!))
            .Where(chain => PublicationChains.IsOne(chain.Name))
            .ToLookup(chain => chain.Table, chain => chain.Name);
    }

    /// <returns>Null where there is no such chain.</returns>
    private async Task<MixedChain?> ListAsync(
        IptablesFamily family, string table, string chain, CancellationToken cancellationToken)
    {
        string[] words = ["list", "chain", family.IsIpv6 ? "ip6" : "ip", table, chain];
        if (nft is null)
        {
            throw new HostCommandException(
                new HostCommand(NftProgram.Program, words), HostCommandException.NotStarted,
                $"only nftables can read table {table}, and it does not work here");
        }

        using JsonDocument? listing = await nft.ListAsync(words, cancellationToken);
        return listing is null ? null : MixedChain.Parse(table, chain, listing.RootElement);
    }
}
