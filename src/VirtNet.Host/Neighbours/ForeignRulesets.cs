using System.Text.Json;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Neighbours;

/// <summary>All rules of this host that are not virtnet's, from every place where the kernel keeps rules.</summary>
/// <param name="Legacy">What the older tables hold, as a text to see that it changed; empty where there are none.</param>
internal sealed record ForeignView(IReadOnlyList<RuleTable> Tables, string Legacy)
{
    public static readonly ForeignView Empty = new([], "");
}

/// <summary>Reads them. Never more than the kernel has already: looking makes no table.</summary>
/// <param name="nft">A session of its own, so that no network waits for a long listing; null = no nftables here.</param>
internal sealed class ForeignRulesets(INftSession? nft, IptablesPrograms iptables, Func<bool, IReadOnlyList<string>> legacyTables)
    : IDisposable
{
    private static readonly string[] IptablesTables = ["filter", "nat", "mangle", "raw", "security"];

    private const string FamilyMark = "#family ";

    public IptablesPrograms Programs => iptables;

    public void Dispose() => (nft as IDisposable)?.Dispose();

    /// <param name="withOwn">Whether somebody may have put rules into virtnet's own table.</param>
    public async Task<ForeignView> ReadAsync(bool withOwn, CancellationToken cancellationToken)
    {
        List<RuleTable> tables = [];
        List<(string Family, string Name)> names = await ListNamesAsync(cancellationToken);
        foreach ((string family, string name) in names.Where(table => !MayBeIptables(table)))
        {
            bool own = $"{family} {name}" == NftNames.Table;
            if (!own)
            {
                tables.AddRange(await ListAsync(family, name, cancellationToken));
            }
            else if (withOwn)
            {
                tables.AddRange((await ListAsync(family, name, cancellationToken)).Select(Strays.Of));
            }
        }

        foreach (IGrouping<string, (string Family, string Name)> group in names.Where(MayBeIptables).GroupBy(table => table.Family))
        {
            tables.AddRange(await ReadIptablesAsync(group.Key, [.. group.Select(table => table.Name)], cancellationToken));
        }

        string legacy = await ReadLegacyAsync(cancellationToken);
        tables.AddRange(ParseLegacy(legacy));
        return new ForeignView(tables, legacy);
    }

    /// <summary>The text of the older tables of both families, without counters.</summary>
    public async Task<string> ReadLegacyAsync(CancellationToken cancellationToken)
    {
        string all = "";
        foreach (bool ipv6 in (bool[])[false, true])
        {
            IReadOnlyList<string> names = legacyTables(ipv6);
            if (names.Count > 0 && await iptables.FindAsync(RuleKeeper.IptablesLegacy, ipv6, cancellationToken) is { } prefix)
            {
                foreach (string name in names)
                {
                    string saved = await iptables.SaveAsync(prefix, ["-t", name], cancellationToken);
                    all += $"{FamilyMark}{(ipv6 ? "ip6" : "ip")}\n" + string.Join('\n', saved.Split('\n')
                        .Where(line => !line.StartsWith('#'))
                        .Select(line => line.StartsWith(':') ? line.Split('[')[0] : line));
                }
            }
        }

        return all;
    }

    private static IEnumerable<RuleTable> ParseLegacy(string text) => text
        .Split(FamilyMark, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(part => part.Split('\n', 2) is [var family, var saved]
            ? IptablesListing.Parse(saved, RuleKeeper.IptablesLegacy, family) : []);

    private static bool MayBeIptables((string Family, string Name) table) =>
        table.Family is "ip" or "ip6" && IptablesTables.Contains(table.Name);

    private async Task<List<(string Family, string Name)>> ListNamesAsync(CancellationToken cancellationToken)
    {
        using JsonDocument? listing = nft is null ? null : await nft.ListAsync(["list", "tables"], cancellationToken);
        return listing is null ? [] :
        [
            .. listing.RootElement.GetProperty("nftables").EnumerateArray()
                .Where(item => item.TryGetProperty("table", out _)).Select(item => item.GetProperty("table"))
                .Select(table => (table.GetProperty("family").GetString()!, table.GetProperty("name").GetString()!)),
        ];
    }

    private async Task<IReadOnlyList<RuleTable>> ListAsync(string family, string name, CancellationToken cancellationToken)
    {
        using JsonDocument? listing = await nft!.ListTerselyAsync(["list", "table", family, name], cancellationToken);
        IReadOnlyList<RuleTable> tables = listing is null ? [] : NftListing.Parse(listing.RootElement);
        return tables.Any(NftDevices.AreMissing)
            ? [.. tables.Select(NftDevices.Complete(await nft.ListWordsAsync(["list", "table", family, name], cancellationToken)))]
            : tables;
    }

    /// <summary>In iptables' own words where its programs are installed: nftables does not say all of such a rule.</summary>
    private async Task<IEnumerable<RuleTable>> ReadIptablesAsync(
        string family, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        List<RuleTable> tables = [];
        string? prefix = await iptables.FindAsync(RuleKeeper.IptablesNft, family == "ip6", cancellationToken);
        if (prefix is not null)
        {
            tables.AddRange(IptablesListing.Parse(
                await iptables.SaveAsync(prefix, [], cancellationToken), RuleKeeper.IptablesNft, family));
        }

        // One rule of another tool in a table, and iptables shows nothing of the whole table.
        foreach (string name in names.Where(name => tables.All(table => table.Name != name)))
        {
            IReadOnlyList<RuleTable> listed = await ListAsync(family, name, cancellationToken);
            foreach (RuleTable table in listed)
            {
                tables.Add(prefix is null ? table : await MixedTable.ReadAsync(iptables, prefix, table, cancellationToken));
            }
        }

        return tables;
    }
}
