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
    public static bool AreIn(string saved) => saved.Contains(IptablesPrograms.Incompatible, StringComparison.Ordinal);

    /// <param name="saved">What could be read at once.</param>
    /// <exception cref="HostCommandException">A chain could not be read: it may exist, and hold anything.</exception>
    public async Task<IptablesState> ReadAsync(IptablesFamily family, string saved, CancellationToken cancellationToken)
    {
        StringBuilder text = new(saved);
        List<MixedChain> mixed = [];
        foreach (IGrouping<string, IptablesLink> links in IptablesChains.Links.GroupBy(link => link.Table)
            .Where(links => !saved.Contains($"*{links.Key}\n", StringComparison.Ordinal)))
        {
            text.Append('*').Append(links.Key).Append('\n');
            foreach (string chain in links.SelectMany(link => link.To.Prepend(link.From)))
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
