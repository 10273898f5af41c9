using System.Net;
using System.Text.Json;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Neighbours;

/// <summary>Reads one table from <c>nft -j list table</c>, or many from <c>nft -j list ruleset</c>.</summary>
internal static class NftListing
{
    /// <param name="lookups">What sets and maps of the one table hold that rules decide by.</param>
    public static IReadOnlyList<RuleTable> Parse(JsonElement listing, NftLookups? lookups = null)
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
                foreach (RuleLine line in LinesOf(rule, lookups ?? NftLookups.None))
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

    /// <summary>Where to a map sends which packets; empty where its elements are not known.</summary>
    private static RuleLine[] Translations(
        JsonProperty statement, NftLookups lookups, IReadOnlyList<string> words, IReadOnlyList<RuleTest> tests, string comment) =>
        NftLookups.TranslationIn(statement) is { } map && lookups.Of(map.GetProperty("data")) is { } elements
            ? [.. NftEntry.Read(map.GetProperty("key"), elements)
                .Select(entry => EntryOf(map.GetProperty("key"), entry, words, tests, comment, statement.Name, RuleVerdict.Translate))]
            : [];

    /// <summary>What a map says of the packets of one entry.</summary>
    private static RuleLine EntryOf(
        JsonElement key, NftEntry entry, IReadOnlyList<string> words, IReadOnlyList<RuleTest> tests, string comment, string what, RuleVerdict? verdict) =>
        new(
            string.Join(' ', [.. words, NftWords.Value(key), NftWords.Value(entry.Key), what]),
            comment,
            [.. tests, entry.Test],
            verdict ?? RuleVerdict.Unknown)
        {
            Ports = NftExpressions.Ports(key, entry.Key) ?? [],
            Destination = NftExpressions.Destination(key, entry.Key),
        };

    private static HookPlace? PlaceOf(JsonElement chain) =>
        !chain.TryGetProperty("hook", out JsonElement hook) ? null : new HookPlace(
            hook.GetString() ?? "",
            Text(chain, "policy") == "drop",
            !chain.TryGetProperty("dev", out JsonElement devices) ? []
                : devices.ValueKind == JsonValueKind.Array
                    ? devices.EnumerateArray().Select(device => device.GetString() ?? "").ToValueList()
                    : new[] { devices.GetString() ?? "" }.ToValueList())
        {
            Priority = chain.TryGetProperty("prio", out JsonElement priority) && priority.TryGetInt32(out int number) ? number : 0,
        };

    /// <summary>One line for a rule; more where it decides by a map, one for each entry.</summary>
    private static IEnumerable<RuleLine> LinesOf(JsonElement rule, NftLookups lookups)
    {
        string comment = Text(rule, "comment");
        List<RuleTest> tests = [];
        List<string> words = [];
        RuleVerdict verdict = RuleVerdict.None;
        ValueList<PortRange> ports = [];
        IPAddress? destination = null;
        RuleLine[] mapped = [];
        List<MarkChange> marks = [];
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
                    tests.Add(NftExpressions.Test(part.Value, lookups));
                    words.Add(NftWords.Match(part.Value));
                    ports = NftExpressions.Ports(part.Value) ?? ports;
                    destination ??= NftExpressions.Destination(part.Value);
                    break;
                case "vmap" when lookups.Of(part.Value.GetProperty("data")) is { } entries:
                    JsonElement key = part.Value.GetProperty("key");
                    foreach (NftEntry entry in NftEntry.Read(key, entries).Where(entry => entry.Value.ValueKind == JsonValueKind.Object))
                    {
                        RuleLine line = EntryOf(
                            key, entry, words, tests, comment, NftWords.Verdict(entry.Value), VerdictOf(entry.Value.EnumerateObject().First()));
                        yield return line with
                        {
                            Ports = line.Ports.Count == 0 ? ports : line.Ports,
                            Destination = line.Destination ?? destination,
                        };
                    }

                    verdict = entries.GetArrayLength() > NftEntry.Most ? RuleVerdict.Unknown : verdict;
                    break;
                case "notrack":
                    verdict = RuleVerdict.Unfollow;
                    words.Add(part.Name);
                    break;
                case "mangle" when NftWords.Value(part.Value.GetProperty("key")) == "ct zone":
                    verdict = RuleVerdict.Unfollow;
                    words.Add($"ct zone set {NftWords.Value(part.Value.GetProperty("value"))}");
                    break;
                case "mangle" when NftMarks.Change(part.Value, lookups) is { } mark:
                    marks.Add(mark);
                    break;
                case "counter" or "log" or "mangle" or "flow" or "secmark" or "comment":
                    break;
                default:
                    mapped = [.. mapped, .. Translations(part, lookups, words, tests, comment)];
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
            Handle = rule.TryGetProperty("handle", out JsonElement handle) && handle.TryGetInt64(out long number) ? number : 0,
            Ports = ports,
            Destination = destination,
            Entries = mapped,
            Marks = marks,
        };
    }

    private static RuleVerdict? VerdictOf(JsonProperty part) => part.Name switch
    {
        "accept" => RuleVerdict.Accept,
        "masquerade" or "snat" => RuleVerdict.Hide,
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
