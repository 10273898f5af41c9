using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Tests.Nft;

/// <summary>An nftables in memory, for the one table and the few commands that the backend uses; as strict as the kernel.</summary>
internal sealed partial class FakeNft : INftSession
{
    private State? _table;

    /// <summary>Refuses scripts that contain this text.</summary>
    public string? Refuse { get; set; }

    public int Transactions { get; private set; }

    public int Listings { get; private set; }

    public bool HasTable => _table is not null;

    public IEnumerable<string> Chains => _table?.Chains.Keys ?? Enumerable.Empty<string>();

    public Task ExecuteAsync(string script, CancellationToken cancellationToken)
    {
        Transactions++;
        if (Refuse is not null && script.Contains(Refuse, StringComparison.Ordinal))
        {
            throw Failure(script, "Operation not supported");
        }

        State? after = _table?.Copy();
        foreach (string line in script.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Run(ref after, line);
        }

        _table = after;
        return Task.CompletedTask;
    }

    public Task<JsonDocument?> ListAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        Listings++;
        return Task.FromResult(_table is null ? null : JsonDocument.Parse(Print(_table).ToJsonString()));
    }

    public Task<JsonDocument?> ListTerselyAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        ListAsync(words, cancellationToken);

    public Task<string> ListWordsAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        throw new NotSupportedException("the backend reads JSON");

    private static void Run(ref State? table, string line)
    {
        Match command = Command().Match(line);
        string verb = $"{command.Groups["verb"].Value} {command.Groups["kind"].Value}";
        string name = command.Groups["name"].Value;
        string rest = command.Groups["rest"].Value;
        switch (verb)
        {
            case "add table":
                table ??= new State();
                return;
            case "delete table":
                table = table is null ? throw Failure(line, "No such file or directory") : null;
                return;
        }

        State state = table ?? throw Failure(line, "No such file or directory");
        switch (verb)
        {
            case "add map":
                state.Maps.TryAdd(name, []);
                break;
            case "add chain":
                state.Chains.TryAdd(name, new Chain(Hook().Match(rest).Groups[1].Value));
                break;
            case "flush chain":
                state.Chain(line, name).Rules.Clear();
                break;
            case "delete chain" when state.Chain(line, name).Rules.Count > 0
                || state.Maps.Values.Any(map => map.ContainsValue(name)):
                throw Failure(line, "Device or resource busy");
            case "delete chain":
                state.Chains.Remove(name);
                break;
            case "add rule":
                state.Chain(line, name).Rules.Add(rest);
                break;
            case "add element":
                Match element = Element().Match(rest);
                state.Chain(line, element.Groups["chain"].Value);
                if (!state.Maps[name].TryAdd(element.Groups["key"].Value, element.Groups["chain"].Value)
                    && state.Maps[name][element.Groups["key"].Value] != element.Groups["chain"].Value)
                {
                    throw Failure(line, "File exists");
                }

                break;
            case "delete element":
                if (!state.Maps[name].Remove(Element().Match(rest).Groups["key"].Value))
                {
                    throw Failure(line, "No such file or directory");
                }

                break;
            default:
                throw Failure(line, "syntax error");
        }
    }

    private static JsonObject Print(State table)
    {
        JsonArray items = [];
        foreach ((string name, Dictionary<string, string> map) in table.Maps)
        {
            items.Add(new JsonObject
            {
                ["map"] = new JsonObject
                {
                    ["name"] = name,
                    ["elem"] = new JsonArray([.. map.Select(pair => (JsonNode)new JsonArray(
                        pair.Key, new JsonObject { ["jump"] = new JsonObject { ["target"] = pair.Value } }))]),
                },
            });
        }

        foreach ((string name, Chain chain) in table.Chains)
        {
            JsonObject printed = new() { ["name"] = name };
            if (chain.Hook.Length > 0)
            {
                printed["hook"] = chain.Hook;
                printed["policy"] = "accept";
            }

            items.Add(new JsonObject { ["chain"] = printed });
            foreach (string rule in chain.Rules)
            {
                JsonObject expression = VerdictMap().Match(rule) is { Success: true } vmap
                    ? new() { ["vmap"] = new JsonObject { ["data"] = vmap.Groups[1].Value } } : new() { ["other"] = true };
                items.Add(new JsonObject
                {
                    ["rule"] = new JsonObject
                    {
                        ["chain"] = name,
                        ["comment"] = Comment().Match(rule).Groups[1].Value,
                        ["expr"] = new JsonArray(expression),
                    },
                });
            }
        }

        return new JsonObject { ["nftables"] = items };
    }

    private static HostCommandException Failure(string line, string error) =>
        new(new HostCommand("nft", ["-f", "-"]), 1, $"Error: Could not process rule: {error}\n{line}\n^^^^\n");

    [GeneratedRegex(@"^(?<verb>\w+) (?<kind>\w+) inet virtnet ?(?<name>\S*) ?(?<rest>.*)$")]
    private static partial Regex Command();

    [GeneratedRegex(@"hook (\w+)")]
    private static partial Regex Hook();

    [GeneratedRegex(@"^\{ ""?(?<key>[^"" ]+)""?( : jump (?<chain>\S+))? \}$")]
    private static partial Regex Element();

    [GeneratedRegex(@" vmap (@\S+)$")]
    private static partial Regex VerdictMap();

    [GeneratedRegex(@"comment ""([^""]+)""$")]
    private static partial Regex Comment();

    private sealed record Chain(string Hook)
    {
        public List<string> Rules { get; init; } = [];
    }

    private sealed class State
    {
        public Dictionary<string, Chain> Chains { get; private init; } = [];

        public Dictionary<string, Dictionary<string, string>> Maps { get; private init; } = [];

        public Chain Chain(string line, string name) =>
            Chains.GetValueOrDefault(name) ?? throw Failure(line, "No such file or directory");

        public State Copy() => new()
        {
            Chains = Chains.ToDictionary(pair => pair.Key, pair => pair.Value with { Rules = [.. pair.Value.Rules] }),
            Maps = Maps.ToDictionary(pair => pair.Key, pair => new Dictionary<string, string>(pair.Value)),
        };
    }
}
