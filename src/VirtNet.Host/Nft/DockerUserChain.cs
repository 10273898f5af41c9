using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;

namespace VirtNet.Host.Nft;

/// <summary>
/// Docker makes the host drop what it forwards, and documents a chain in which others may say what passes. Ours pass there:
/// what guests may do is still decided by our own table, at the same hook.
/// </summary>
internal sealed class DockerUserChain(INftSession nft, ILogger logger)
{
    private const string Table = "filter";
    private const string Chain = "DOCKER-USER";
    private const string Comment = "virtnet";

    /// <summary>Docker's base chains that drop by default and can be told not to.</summary>
    public static ForeignChain[] Droppers(IReadOnlyList<ForeignChain> chains) => chains
        .Where(chain => chain is { Table: Table, Hook: "forward", Policy: "drop" }
            && chains.Any(other => other.Family == chain.Family && other.Table == Table && other.Name == Chain))
        .ToArray();

    /// <summary>Whether Docker lets all packets of these bridges pass.</summary>
    public async Task<HashSet<string>> FindPassableAsync(
        IReadOnlyList<ForeignChain> chains, IEnumerable<string> bridges, CancellationToken cancellationToken)
    {
        HashSet<string> passable = [.. bridges];
        foreach (ForeignChain dropper in Droppers(chains))
        {
            Pass[] passes = await ReadAsync(dropper.Family, cancellationToken);
            passable.RemoveWhere(bridge => passes.Count(pass => pass.Bridge == bridge) < 2);
        }

        return passable;
    }

    public async Task AdmitAsync(string bridge, IReadOnlyList<ForeignChain> chains, CancellationToken cancellationToken)
    {
        foreach (ForeignChain dropper in Droppers(chains))
        {
            Pass[] passes = await ReadAsync(dropper.Family, cancellationToken);
            if (passes.Count(pass => pass.Bridge == bridge) < 2)
            {
                string insert = $"insert rule {dropper.Family} {Table} {Chain}";
                string script = Removal(dropper.Family, passes.Where(pass => pass.Bridge == bridge))
                    + $"{insert} iifname \"{bridge}\" counter accept comment \"{Comment}\"\n"
                    + $"{insert} oifname \"{bridge}\" counter accept comment \"{Comment}\"\n";
                await nft.ExecuteAsync(script, cancellationToken);
                logger.DockerTold(bridge, dropper.Family);
            }
        }
    }

    /// <summary>Removes what was added for bridges other than these.</summary>
    public async Task DismissAsync(
        Func<string, bool> keep, IReadOnlyList<ForeignChain> chains, CancellationToken cancellationToken)
    {
        foreach (ForeignChain chain in chains.Where(chain => chain is { Table: Table, Name: Chain }))
        {
            Pass[] passes = await ReadAsync(chain.Family, cancellationToken);
            if (Removal(chain.Family, passes.Where(pass => !keep(pass.Bridge))) is { Length: > 0 } script)
            {
                await nft.ExecuteAsync(script, cancellationToken);
            }
        }
    }

    private static string Removal(string family, IEnumerable<Pass> passes) =>
        string.Concat(passes.Select(pass => $"delete rule {family} {Table} {Chain} handle {pass.Handle}\n"));

    private async Task<Pass[]> ReadAsync(string family, CancellationToken cancellationToken)
    {
        using JsonDocument? listing = await nft.ListAsync(["list", "chain", family, Table, Chain], cancellationToken);
        return listing is null ? [] :
        [
            .. listing.RootElement.GetProperty("nftables").EnumerateArray()
                .Where(item => item.TryGetProperty("rule", out JsonElement rule)
                    && rule.TryGetProperty("comment", out JsonElement comment) && comment.GetString() == Comment)
                .Select(item => item.GetProperty("rule"))
                .Select(rule => new Pass(rule.GetProperty("handle").GetInt64(), InterfaceOf(rule))),
        ];
    }

    /// <summary>Of <c>iifname "virbr0" counter accept</c>, the name.</summary>
    private static string InterfaceOf(JsonElement rule) =>
        rule.GetProperty("expr")[0].TryGetProperty("match", out JsonElement match)
        && match.GetProperty("right") is { ValueKind: JsonValueKind.String } name ? name.GetString() ?? "" : "";

    private sealed record Pass(long Handle, string Bridge);
}
