using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Tests.Nft;

/// <summary>
/// An nftables in memory, for the one table and the few commands that the backend uses; as strict as the kernel. What is
/// asked of it is counted: that must not depend on the number of networks.
/// </summary>
internal sealed partial class FakeNft : INftSession, INftKernel
{
    private static readonly string[] HookNames = ["prerouting", "input", "forward", "output", "postrouting"];

    private State? _table;

    /// <summary>Refuses scripts, and elements, that contain this text.</summary>
    public string? Refuse { get; set; }

    /// <summary>Scripts wait for this, and say in <see cref="Held"/> that they do; null = they do not.</summary>
    public Task? Hold { get; set; }

    public SemaphoreSlim Held { get; } = new(0);

    public int Scripts { get; private set; }

    public int Changes { get; private set; }

    /// <summary>Elements that the kernel told of, or was asked for.</summary>
    public int Reads { get; private set; }

    public bool HasTable => _table is not null;

    public IEnumerable<string> Chains => _table?.Chains.Keys ?? Enumerable.Empty<string>();

    public IEnumerable<string> RulesOf(string chain) => _table?.Chains[chain].Rules ?? [];

    public IEnumerable<string> Elements => _table?.Sets.SelectMany(
        set => set.Value.Values.Select(element => $"{set.Key} {Told(element)}")) ?? [];

    public async Task ExecuteAsync(string script, CancellationToken cancellationToken)
    {
        Scripts++;
        if (Hold is { } hold)
        {
            Held.Release();
            await hold;
        }

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
    }

    public Task<JsonDocument?> ListAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        throw new NotSupportedException("nothing is read through the library");

    public Task<JsonDocument?> ListTerselyAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        ListAsync(words, cancellationToken);

    public Task<string> ListWordsAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        throw new NotSupportedException("nothing is read through the library");

    public NftTableState? ReadTable(IReadOnlyCollection<string>? chains = null) => _table is null ? null : new NftTableState(
        Dormant: false,
        _table.Chains.Where(chain => chain.Value.Hook.Length > 0).ToDictionary(
            chain => chain.Key,
            chain => new NftHook(Array.IndexOf(HookNames, chain.Value.Hook), chain.Value.Priority, Accepts: true)),
        _table.Chains.Where(chain => chains?.Contains(chain.Key) != false).ToDictionary(
            chain => chain.Key,
            IReadOnlyList<string> (chain) => [.. chain.Value.Rules.Select(rule => Comment().Match(rule).Groups[1].Value)]));

    public IReadOnlyList<string> ListSets() => [.. _table?.Sets.Keys ?? Enumerable.Empty<string>()];

    public IReadOnlyList<NftElement> List(string set)
    {
        NftElement[] elements = [.. (_table?.Sets.GetValueOrDefault(set)?.Values ?? Enumerable.Empty<NftElement>()).Select(Told)];
        Reads += elements.Length;
        return elements;
    }

    public IReadOnlyList<NftElement> Find(IReadOnlyCollection<NftElement> elements)
    {
        Reads += elements.Count;
        return
        [
            .. elements.Select(element => _table?.Sets.GetValueOrDefault(element.Set)?.GetValueOrDefault(element.Key))
                .OfType<NftElement>().Select(Told),
        ];
    }

    /// <summary>Each was found as often as its key's first octet says.</summary>
    public IReadOnlyDictionary<NftElement, ulong> Count(IReadOnlyCollection<NftElement> elements) =>
        Find(elements).ToDictionary(element => element, element => (ulong)Convert.FromHexString(element.Key)[0]);

    /// <summary>A chain is no value to the kernel but a verdict, which is not read.</summary>
    private static NftElement Told(NftElement element) =>
        NftSet.Named(element.Set)?.Value == NftValue.Verdict ? element with { Value = "" } : element;

    public void Change(IReadOnlyCollection<NftElement> removed, IReadOnlyCollection<NftElement> added)
    {
        if (removed.Count == 0 && added.Count == 0)
        {
            return;
        }

        Changes++;
        State after = _table?.Copy() ?? throw Failure("", "No such file or directory");
        foreach (NftElement element in removed)
        {
            if (!after.Set(element.Set).Remove(element.Key))
            {
                throw Failure($"{element}", "No such file or directory");
            }
        }

        foreach (NftElement element in added)
        {
            if (Refuse is not null && element.ToString().Contains(Refuse, StringComparison.Ordinal))
            {
                throw Failure($"{element}", "Operation not supported");
            }

            if (after.Set(element.Set).TryGetValue(element.Key, out NftElement? have) && have != element)
            {
                throw Failure($"{element}", "File exists");
            }

            after.Set(element.Set)[element.Key] = element;
        }

        _table = after;
    }

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
            case "add map" or "add set":
                state.Sets.TryAdd(name, []);
                break;
            case "delete map" or "delete set" when state.Chains.Values.SelectMany(chain => chain.Rules).Any(
                rule => rule.Split(' ').Contains("@" + name)):
                throw Failure(line, "Device or resource busy");
            case "delete map" or "delete set":
                state.Sets.Remove(name);
                break;
            case "flush map":
                state.Set(name).Clear();
                break;
            case "add chain":
                state.Chains.TryAdd(name, new Chain(
                    Hook().Match(rest).Groups[1].Value,
                    Hook().Match(rest) is { Success: true } at ? int.Parse(at.Groups[2].Value, CultureInfo.InvariantCulture) : 0));
                break;
            case "flush chain":
                state.Chain(line, name).Rules.Clear();
                break;
            case "delete chain" when state.Chain(line, name).Rules.Count > 0
                || state.Sets.Values.Any(set => set.Values.Any(element => element.Value == name || element.Chain == name)):
                throw Failure(line, "Device or resource busy");
            case "delete chain":
                state.Chains.Remove(name);
                break;
            case "add rule":
                Match set = Lookup().Match(rest);
                _ = set.Success ? state.Set(set.Groups[1].Value) : null;
                state.Chain(line, name).Rules.Add(rest);
                break;
            case "add element":
                Match element = Jump().Match(rest);
                state.Chain(line, element.Groups["chain"].Value);
                NftElement added = NftElement.Of(name, element.Groups["key"].Value) with { Value = element.Groups["chain"].Value };
                state.Set(name)[added.Key] = added;
                break;
            case "delete element":
                if (!state.Set(name).Remove(NftElement.Of(name, Jump().Match(rest).Groups["key"].Value).Key))
                {
                    throw Failure(line, "No such file or directory");
                }

                break;
            default:
                throw Failure(line, "syntax error");
        }
    }

    private static HostCommandException Failure(string line, string error) =>
        new(new HostCommand("nft", ["-f", "-"]), 1, $"Error: Could not process rule: {error}\n{line}\n^^^^\n");

    [GeneratedRegex(@"^(?<verb>\w+) (?<kind>\w+) inet virtnet ?(?<name>\S*) ?(?<rest>.*)$")]
    private static partial Regex Command();

    [GeneratedRegex(@"hook (\w+) priority (-?\d+)")]
    private static partial Regex Hook();

    [GeneratedRegex(@"@(\w+)")]
    private static partial Regex Lookup();

    [GeneratedRegex(@"^\{ ""(?<key>[^"" ]+)""( : jump (?<chain>\S+))? \}$")]
    private static partial Regex Jump();

    [GeneratedRegex(@"comment ""([^""]+)""$")]
    private static partial Regex Comment();

    private sealed record Chain(string Hook, int Priority)
    {
        public List<string> Rules { get; init; } = [];
    }

    private sealed class State
    {
        public Dictionary<string, Chain> Chains { get; private init; } = [];

        public Dictionary<string, Dictionary<string, NftElement>> Sets { get; private init; } = [];

        public Chain Chain(string line, string name) =>
            Chains.GetValueOrDefault(name) ?? throw Failure(line, "No such file or directory");

        public Dictionary<string, NftElement> Set(string name) =>
            Sets.GetValueOrDefault(name) ?? throw Failure(name, "No such file or directory");

        public State Copy() => new()
        {
            Chains = Chains.ToDictionary(pair => pair.Key, pair => pair.Value with { Rules = [.. pair.Value.Rules] }),
            Sets = Sets.ToDictionary(pair => pair.Key, pair => new Dictionary<string, NftElement>(pair.Value)),
        };
    }
}
