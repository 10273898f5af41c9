using System.Net;
using System.Text.Json;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Neighbours;

/// <summary>Reads one table from <c>nft -j list table</c>, or many from <c>nft -j list ruleset</c>.</summary>
internal static class NftListing
{
    /// <summary>Entries of one map are no more looked at than this.</summary>
    private const int MostEntries = 10_000;

    /// <param name="maps">By name, what maps of the one table hold that rules decide by; null = that is not known.</param>
    public static IReadOnlyList<RuleTable> Parse(JsonElement listing, IReadOnlyDictionary<string, JsonElement>? maps = null)
    {
        Dictionary<(string Family, string Table), Dictionary<string, RuleChain>> tables = [];
        foreach (JsonElement item in listing.GetProperty("nftables").EnumerateArray())
        {
            if (item.TryGetProperty("table", out JsonElement table))
            {
                tables[(Text(table, "family"), Text(table, "name"))] = [];
            }
            else if (item.TryGetProperty("chain", out JsonElement chain))
            {
                ChainsOf(chain)[Text(chain, "name")] = new RuleChain(Text(chain, "name"), PlaceOf(chain), []);
            }
            else if (item.TryGetProperty("rule", out JsonElement rule)
                && ChainsOf(rule).TryGetValue(Text(rule, "chain"), out RuleChain? holder))
            {
                foreach (RuleLine line in LinesOf(rule, maps))
                {
                    holder.Rules.Add(line);
                }
            }
        }

        return [.. tables.Select(table => new RuleTable(RuleKeeper.Nft, table.Key.Family, table.Key.Table, table.Value))];

        Dictionary<string, RuleChain> ChainsOf(JsonElement part)
        {
            (string, string) key = (Text(part, "family"), Text(part, "table"));
            return tables.TryGetValue(key, out Dictionary<string, RuleChain>? chains) ? chains : tables[key] = [];
        }
    }

    /// <summary>Named maps by which rules choose where packets go on, or where to they are translated.</summary>
    public static IReadOnlyCollection<string> MapsIn(JsonElement listing) =>
    [
        .. listing.GetProperty("nftables").EnumerateArray().Where(item => item.TryGetProperty("rule", out _))
            .SelectMany(item => item.GetProperty("rule").GetProperty("expr").EnumerateArray())
            .Where(part => part.ValueKind == JsonValueKind.Object).SelectMany(part => part.EnumerateObject())
            .Select(MapOf).OfType<JsonElement>().Select(map => map.GetProperty("data"))
            .Where(data => data.ValueKind == JsonValueKind.String).Select(data => data.GetString()!.TrimStart('@')).Distinct(),
    ];

    /// <summary>The elements of a map, from <c>nft -j list map</c>.</summary>
    public static JsonElement? ElementsOf(JsonElement listing) => listing.GetProperty("nftables").EnumerateArray()
        .Where(item => item.TryGetProperty("map", out _)).Select(item => item.GetProperty("map"))
        .Select(map => map.TryGetProperty("elem", out JsonElement elements) ? elements : (JsonElement?)null).FirstOrDefault();

    /// <summary>The map that a statement looks up: for a verdict, or for an address to translate to.</summary>
    private static JsonElement? MapOf(JsonProperty statement)
    {
        if (statement.Name == "vmap")
        {
            return statement.Value;
        }

        return statement.Name is "dnat" or "redirect" && statement.Value.ValueKind == JsonValueKind.Object
            ? ((string[])["addr", "port"]).Select(part =>
                statement.Value.TryGetProperty(part, out JsonElement value) && value.ValueKind == JsonValueKind.Object
                && value.TryGetProperty("map", out JsonElement map) ? map : (JsonElement?)null).FirstOrDefault(map => map is not null)
            : null;
    }

    /// <summary>What a map says of which packets; empty where its elements are not known.</summary>
    private static RuleLine[] Entries(
        JsonProperty statement, IReadOnlyDictionary<string, JsonElement>? maps, IReadOnlyList<string> words, IReadOnlyList<RuleTest> tests, string comment)
    {
        if (MapOf(statement) is not { } map)
        {
            return [];
        }

        JsonElement data = map.GetProperty("data");
        JsonElement elements = default;
        bool isKnown = data.ValueKind == JsonValueKind.String ? maps?.TryGetValue(data.GetString()!.TrimStart('@'), out elements) == true
            : data.ValueKind == JsonValueKind.Object && data.TryGetProperty("set", out elements);
        if (!isKnown || elements.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        JsonElement key = map.GetProperty("key");
        return
        [
            .. elements.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2).Take(MostEntries)
                .Select(entry => statement.Name != "vmap" ? Line(entry, statement.Name, RuleVerdict.Translate)
                    : Line(entry, NftWords.Verdict(entry[1]), entry[1].ValueKind == JsonValueKind.Object ? VerdictOf(entry[1].EnumerateObject().First()) : null)),
        ];

        RuleLine Line(JsonElement entry, string what, RuleVerdict? verdict) => EntryOf(key, entry, words, tests, comment, what, verdict);
    }

    /// <summary>What a map says of the packets of one entry.</summary>
    private static RuleLine EntryOf(
        JsonElement key, JsonElement entry, IReadOnlyList<string> words, IReadOnlyList<RuleTest> tests, string comment, string what, RuleVerdict? verdict) =>
        new(
            string.Join(' ', [.. words, NftWords.Value(key), NftWords.Value(entry[0]), what]),
            comment,
            [.. tests, NftExpressions.Compare(key, entry[0])],
            verdict ?? RuleVerdict.Unknown)
        {
            Ports = NftExpressions.Ports(key, entry[0]) ?? [],
            Destination = NftExpressions.Destination(key, entry[0]),
        };

    private static HookPlace? PlaceOf(JsonElement chain) =>
        !chain.TryGetProperty("hook", out JsonElement hook) ? null : new HookPlace(
            hook.GetString() ?? "",
            Text(chain, "policy") == "drop",
            !chain.TryGetProperty("dev", out JsonElement devices) ? []
                : devices.ValueKind == JsonValueKind.Array
                    ? devices.EnumerateArray().Select(device => device.GetString() ?? "").ToValueList()
                    : new[] { devices.GetString() ?? "" }.ToValueList());

    /// <summary>One line for a rule; more where it decides by a map, one for each entry.</summary>
    private static IEnumerable<RuleLine> LinesOf(JsonElement rule, IReadOnlyDictionary<string, JsonElement>? maps)
    {
        string comment = Text(rule, "comment");
        List<RuleTest> tests = [];
        List<string> words = [];
        RuleVerdict verdict = RuleVerdict.None;
        ValueList<PortRange> ports = [];
        IPAddress? destination = null;
        RuleLine[] mapped = [];
        foreach (JsonElement statement in rule.GetProperty("expr").EnumerateArray())
        {
            if (statement.ValueKind != JsonValueKind.Object)
            {
                tests.Add(_ => Match.Maybe); // nft has no other form for it than its own words, such as an update of a map
                words.Add(NftWords.Value(statement));
                continue;
            }

            JsonProperty part = statement.EnumerateObject().First();
            switch (part.Name)
            {
                case "match":
                    tests.Add(NftExpressions.Test(part.Value));
                    words.Add(NftWords.Match(part.Value));
                    ports = NftExpressions.Ports(part.Value) ?? ports;
                    destination ??= NftExpressions.Destination(part.Value);
                    break;
                case "vmap" when part.Value.GetProperty("data") is { ValueKind: JsonValueKind.Object } data
                    && data.TryGetProperty("set", out JsonElement entries):
                    JsonElement key = part.Value.GetProperty("key");
                    foreach (JsonElement entry in entries.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Array))
                    {
                        RuleLine line = EntryOf(
                            key, entry, words, tests, comment, NftWords.Verdict(entry[1]), VerdictOf(entry[1].EnumerateObject().First()));
                        yield return line with
                        {
                            Ports = line.Ports.Count == 0 ? ports : line.Ports,
                            Destination = line.Destination ?? destination,
                        };
                    }

                    break;
                case "notrack":
                    verdict = RuleVerdict.Unfollow;
                    words.Add(part.Name);
                    break;
                case "mangle" when NftWords.Value(part.Value.GetProperty("key")) == "ct zone":
                    verdict = RuleVerdict.Unfollow;
                    words.Add($"ct zone set {NftWords.Value(part.Value.GetProperty("value"))}");
                    break;
                case "counter" or "log" or "mangle" or "flow" or "secmark" or "comment":
                    break;
                default:
                    mapped = [.. mapped, .. Entries(part, maps, words, tests, comment)];
                    if (VerdictOf(part) is { } found)
                    {
                        verdict = found;
                        words.Add(NftWords.Verdict(part));
                    }
                    else
                    {
                        tests.Add(_ => Match.Maybe); // a limit, a quota, an expression of another tool
                        words.Add(part.Name);
                    }

                    break;
            }
        }

        yield return new RuleLine(string.Join(' ', words), comment, tests, verdict)
        {
            Ports = ports,
            Destination = destination,
            Entries = mapped,
        };
    }

    private static RuleVerdict? VerdictOf(JsonProperty part) => part.Name switch
    {
        "accept" or "masquerade" or "snat" => RuleVerdict.Accept,
        "dnat" or "redirect" => RuleVerdict.Translate,
        "drop" or "reject" => RuleVerdict.Drop,
        "return" => RuleVerdict.Return,
        "continue" => RuleVerdict.None,
        "jump" => new RuleVerdict(VerdictKind.Jump, Text(part.Value, "target")),
        "goto" => new RuleVerdict(VerdictKind.Goto, Text(part.Value, "target")),
        "queue" or "synproxy" or "tproxy" or "vmap" => RuleVerdict.Unknown,
        "xt" => Text(part.Value, "type") == "target" ? RuleVerdict.Unknown : null,
        _ => null,
    };

    private static string Text(JsonElement item, string property) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(property, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
