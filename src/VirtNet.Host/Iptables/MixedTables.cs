using System.Text;
using System.Text.Json;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Iptables;

/// <summary>
/// Reads tables of which <c>iptables-save</c> shows nothing, because one chain somewhere in them holds a rule of nftables' own.
/// Chain by chain: only the one with that rule cannot be read.
/// </summary>
internal sealed class MixedTables(ICommandRunner runner, INftSession? nft)
{
    /// <summary>What the programs say in the place of such a table.</summary>
    private const string Incompatible = "is incompatible";

    public static bool AreIn(string saved) => saved.Contains(Incompatible, StringComparison.Ordinal);

    /// <param name="saved">What could be read at once.</param>
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
                try
                {
                    string shown = await runner.RunAsync(
                        new HostCommand(family.Program, ["-w", "-t", links.Key, "-S", chain]), cancellationToken);
                    text.Append(':').Append(chain).Append(" - [0:0]\n").Append(shown);
                }
                catch (HostCommandException e) when (e.Error.Contains(Incompatible, StringComparison.Ordinal) && nft is not null)
                {
                    if (await ListAsync(family, links.Key, chain, cancellationToken) is { } found)
                    {
                        text.Append(':').Append(chain).Append(" - [0:0]\n").Append(found.Words);
                        mixed.Add(found);
                    }
                }
                catch (HostCommandException e) when (e.ExitCode > 0)
                {
                    // there is no such chain
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

    private async Task<MixedChain?> ListAsync(
        IptablesFamily family, string table, string chain, CancellationToken cancellationToken)
    {
        using JsonDocument? listing = await nft!.ListAsync(
            ["list", "chain", family.IsIpv6 ? "ip6" : "ip", table, chain], cancellationToken);
        return listing is null ? null : MixedChain.Parse(table, chain, listing.RootElement);
    }
}
