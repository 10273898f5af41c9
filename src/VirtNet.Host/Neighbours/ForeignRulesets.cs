using System.Collections.Concurrent;
using System.Text.Json;
using VirtNet.Host.Iptables;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Neighbours;

/// <summary>All rules of this host that are not virtnet's, from every place where the kernel keeps rules.</summary>
/// <param name="Legacy">What the older tables hold, as a text to see that it changed; empty where there are none.</param>
/// <param name="Lookups">Sets and maps that rules decide by, each with its table.</param>
internal sealed record ForeignView(IReadOnlyList<RuleTable> Tables, string Legacy, IReadOnlySet<(string Table, string Set)> Lookups)
{
    public static readonly ForeignView Empty = new([], "", new HashSet<(string, string)>());

    /// <summary>Why the first of the tables could not be read that are missing in this view, or are as they were; null = all are there.</summary>
    public HostCommandException? Failure { get; init; }

    private readonly Lazy<ForeignTranslations> _translations = new(() => new ForeignTranslations(Tables));

    /// <summary>What sends connections elsewhere; sorted only where something is published.</summary>
    public ForeignTranslations Translations => _translations.Value;

    /// <summary>Bridges that are let through somewhere.</summary>
    public IReadOnlySet<string> Admitted { get; } =
        Tables.SelectMany(table => table.Chains.Values.Where(chain => AdmissionPlaces.IsPlace(chain.Name) || NftAdmissions.IsPlace(table, chain)))
            .SelectMany(chain => chain.Rules).Select(AdmissionRules.BridgeOf).OfType<string>().ToHashSet();
}

/// <summary>Reads them, and changes them where their tools can. Never more than the kernel has already: looking makes no table.</summary>
/// <param name="nft">A session of its own, so that no network waits for a long listing; null = no nftables here.</param>
/// <param name="administrators">Which tables are the administrator's own.</param>
internal sealed class ForeignRulesets(
    INftSession? nft, IptablesPrograms iptables, IptablesVariants variants, Func<bool, IReadOnlyList<string>> legacyTables, NftablesConf administrators)
    : IDisposable
{
    /// <summary>Of a table that iptables does not show as a whole, each chain costs a process.</summary>
    private const int MostChains = 100;

    /// <summary>Each is a question of its own.</summary>
    private const int MostLookups = 32;

    /// <summary>What holds more is read once, and not again before its table is made anew: a list of half the world's addresses changes often.</summary>
    private const int MostElements = 20_000;

    private const string FamilyMark = "#family ";

    private static readonly JsonElement Nothing = JsonDocument.Parse("[]").RootElement.Clone();

    private readonly ConcurrentDictionary<(string Table, string Set), bool> _large = [];

    /// <summary>Whether a table of this name may be one of iptables'.</summary>
    public static bool IsIptables(string table) => IptablesPrograms.Tables.Contains(table);

    public void Dispose() => (nft as IDisposable)?.Dispose();

    /// <returns>What can be read (<see cref="ForeignView.Failure"/>).</returns>
    /// <param name="before">What was read last.</param>
    /// <param name="withOwn">Whether somebody may have put rules into virtnet's own table.</param>
    /// <param name="withMaps">Whether it matters what maps hold by which connections are sent elsewhere.</param>
    public async Task<ForeignView> ReadAsync(ForeignView before, bool withOwn, bool withMaps, CancellationToken cancellationToken)
    {
        List<RuleTable> tables = [];
        HashSet<(string, string)> lookups = [];
        HostCommandException? failure = null;
        List<(string Family, string Name)> names = await ListNamesAsync(cancellationToken);
        foreach ((string family, string name) in names.Where(table => !MayBeIptables(table) && table.Name is not (NftNames.SpanTable or NftNames.HairpinTable or NftNames.FlowTable)))
        {
            if ($"{family} {name}" != NftNames.Table)
            {
                await TryAsync(
                    async () => tables.AddRange(await ListAsync(family, name, withMaps, lookups, cancellationToken)),
                    table => table.Keeper == RuleKeeper.Nft && table.Family == family && table.Name == name);
            }
            else if (withOwn)
            {
                tables.AddRange((await ListAsync(family, name, withMaps: false, lookups: null, cancellationToken)).Select(Strays.Of));
            }
        }

        foreach (IGrouping<string, (string Family, string Name)> group in names.Where(MayBeIptables).GroupBy(table => table.Family))
        {
            await TryAsync(
                async () => tables.AddRange(await ReadIptablesAsync(group.Key, [.. group.Select(table => table.Name)], cancellationToken)),
                table => table.Keeper != RuleKeeper.IptablesLegacy && group.Contains((table.Family, table.Name)));
        }

        IReadOnlySet<(string, string)> own = administrators.ListTables();
        tables = [.. tables.Select(table => own.Contains((table.Family, table.Name)) ? table with { IsAdministrators = true } : table)];
        string legacy = before.Legacy;
        await TryAsync(async () => legacy = await ReadLegacyAsync(cancellationToken), _ => false);
        tables.AddRange(ParseLegacy(legacy));
        return new ForeignView(tables, legacy, lookups) { Failure = failure };

        // What cannot be read is taken to be as it was, and no reason not to judge the rest.
        async Task TryAsync(Func<Task> read, Func<RuleTable, bool> concerns)
        {
            try
            {
                await read();
            }
            catch (HostCommandException e)
            {
                failure ??= e;
                tables.AddRange(before.Tables.Where(concerns));
            }
        }
    }

    /// <summary>Changes a table in one step.</summary>
    /// <returns>False where the programs for it are not installed.</returns>
    public async Task<bool> ChangeAsync(RuleTable table, string script, CancellationToken cancellationToken)
    {
        if (table.Keeper == RuleKeeper.Nft)
        {
            await nft!.ExecuteAsync(script, cancellationToken); // whence the table is known
            return true;
        }

        if (await variants.FindAsync(table.Keeper, table.Family == "ip6", cancellationToken) is not { } prefix)
        {
            return false; // shown by nftables only; what it drops is told
        }

        await iptables.RestoreAsync(prefix, script, cancellationToken);
        return true;
    }

    /// <summary>Somebody makes chains in tables of iptables'.</summary>
    public void ForgetAbsentPrograms() => variants.ForgetAbsent();

    /// <summary>Somebody makes a table, whose sets may be smaller than before.</summary>
    public void ForgetLarge(string table)
    {
        foreach ((string Table, string Set) large in _large.Keys.Where(large => large.Table == table))
        {
            _large.TryRemove(large, out _);
        }
    }

    /// <summary>The text of the older tables of both families, without counters.</summary>
    public async Task<string> ReadLegacyAsync(CancellationToken cancellationToken)
    {
        string all = "";
        foreach (bool ipv6 in (bool[])[false, true])
        {
            IReadOnlyList<string> names = legacyTables(ipv6);
            if (names.Count > 0 && await variants.FindAsync(RuleKeeper.IptablesLegacy, ipv6, cancellationToken) is { } prefix)
            {
                foreach (string name in names)
                {
                    string saved = await iptables.SaveAsync(prefix, name, cancellationToken);
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
        table.Family is "ip" or "ip6" && IsIptables(table.Name);

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

    /// <param name="lookups">Gets the names of sets and maps that rules decide by; null = these are not read.</param>
    private async Task<IReadOnlyList<RuleTable>> ListAsync(
        string family, string name, bool withMaps, HashSet<(string, string)>? lookups, CancellationToken cancellationToken)
    {
        using JsonDocument? listing = await nft!.ListTerselyAsync(["list", "table", family, name], cancellationToken);
        IReadOnlyList<RuleTable> tables = listing is null ? []
            : NftListing.Parse(
                listing.RootElement,
                lookups is null ? null : await ListLookupsAsync(family, name, NftLookups.In(listing.RootElement, withMaps), lookups, cancellationToken));
        return tables.Any(NftDevices.AreMissing)
            ? [.. tables.Select(NftDevices.Complete(await nft.ListWordsAsync(["list", "table", family, name], cancellationToken)))]
            : tables;
    }

    /// <summary>What sets and maps hold that rules decide by; of some, where there are very many.</summary>
    private async Task<NftLookups> ListLookupsAsync(
        string family, string table, IReadOnlyList<NftLookup> wanted, HashSet<(string, string)> lookups, CancellationToken cancellationToken)
    {
        Dictionary<string, JsonElement> found = [];
        foreach (NftLookup lookup in wanted.Where(lookup => !_large.ContainsKey((table, lookup.Name))).Take(MostLookups))
        {
            using JsonDocument? listing = await nft!.ListAsync(
                ["list", lookup.IsMap ? "map" : "set", family, table, lookup.Name], cancellationToken);
            if (listing is null)
            {
                continue; // gone meanwhile, which is announced
            }

            if (NftLookups.ElementsIn(listing.RootElement) is not { } elements)
            {
                found[lookup.Name] = Nothing;
            }
            else if (elements.GetArrayLength() > MostElements)
            {
                _large[(table, lookup.Name)] = true;
                found[lookup.Name] = elements.Clone();
                continue; // its changes are not waited for
            }
            else
            {
                found[lookup.Name] = elements.Clone();
            }

            lookups.Add((table, lookup.Name));
        }

        return new NftLookups(found);
    }

    /// <summary>In iptables' own words where its programs are installed: nftables does not say all of such a rule.</summary>
    private async Task<IEnumerable<RuleTable>> ReadIptablesAsync(
        string family, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        List<RuleTable> tables = [];
        string? prefix = await variants.FindAsync(RuleKeeper.IptablesNft, family == "ip6", cancellationToken);
        if (prefix is not null)
        {
            IEnumerable<RuleTable> saved = IptablesListing.Parse(
                await iptables.SaveAsync(prefix, table: null, cancellationToken), RuleKeeper.IptablesNft, family);
            tables.AddRange(saved.Where(table => names.Contains(table.Name))); // it may show tables that are not there
        }

        // One rule of another tool in a table, and iptables shows nothing of the whole table.
        foreach (string name in names.Where(name => tables.All(table => table.Name != name)))
        {
            IReadOnlyList<RuleTable> listed = await ListAsync(family, name, withMaps: false, lookups: null, cancellationToken);
            foreach (RuleTable table in listed)
            {
                tables.Add(prefix is null ? table : await ReadMixedAsync(prefix, table, cancellationToken));
            }
        }

        return tables;
    }

    /// <summary>iptables shows each chain but those with the other tool's rules: of these, nftables' view stays.</summary>
    private async Task<RuleTable> ReadMixedAsync(string prefix, RuleTable listed, CancellationToken cancellationToken)
    {
        Dictionary<string, RuleChain> chains = listed.Chains.ToDictionary();
        foreach (RuleChain chain in listed.Chains.Values.Take(MostChains))
        {
            ListedChain shown = await iptables.ListChainAsync(prefix, listed.Name, chain.Name, cancellationToken);
            if (shown.Sight == ChainSight.Shown)
            {
                chains[chain.Name] = chain with { Rules = IptablesListing.ParseChain(shown.Words) };
            }
        }

        return listed with { Keeper = RuleKeeper.IptablesNft, Chains = chains };
    }
}
