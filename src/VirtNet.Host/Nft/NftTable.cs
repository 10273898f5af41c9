using System.Text.Json;

namespace VirtNet.Host.Nft;

/// <summary>What the kernel holds of virtnet's table, as far as it takes to judge it.</summary>
internal sealed class NftTable
{
    private static readonly string[] ForwardDispatch = [$"@{NftNames.GuestOutput}", $"@{NftNames.GuestInput}"];
    private static readonly string[] NatDispatch = [$"@{NftNames.GuestNat}", $"@{NftNames.HostNat4}", $"@{NftNames.HostNat6}"];

    private readonly Dictionary<string, Chain> _chains = [];
    private readonly HashSet<NftElement> _elements = [];

    private NftTable()
    {
    }

    /// <summary>Entries of all verdict maps.</summary>
    public IReadOnlyCollection<NftElement> Elements => _elements;

    /// <summary>Names of all chains that belong to networks.</summary>
    public IEnumerable<string> NetworkChains =>
        _chains.Keys.Where(name => NftNames.BridgeMaps.Any(prefix => name.StartsWith(prefix + "_", StringComparison.Ordinal)));

    /// <summary>Whether the base chains are there, attached, and send packets to the networks' chains first.</summary>
    public bool SkeletonIntact =>
        IsBase(NftNames.Forward, "forward", ForwardDispatch) && IsBase(NftNames.GuestNat, "postrouting", NatDispatch);

    /// <summary>Reads <c>nft -j list table</c>.</summary>
    public static NftTable Parse(JsonElement listing)
    {
        NftTable table = new();
        foreach (JsonElement item in listing.GetProperty("nftables").EnumerateArray())
        {
            if (item.TryGetProperty("chain", out JsonElement chain))
            {
                table.ChainNamed(Text(chain, "name")).Hook = Text(chain, "hook") + " " + Text(chain, "policy");
            }
            else if (item.TryGetProperty("rule", out JsonElement rule))
            {
                table.ChainNamed(Text(rule, "chain")).Rules.Add(new Rule(Text(rule, "comment"), VerdictMap(rule)));
            }
            else if (item.TryGetProperty("map", out JsonElement map) && map.TryGetProperty("elem", out JsonElement elements))
            {
                table.ReadElements(Text(map, "name"), elements);
            }
        }

        return table;
    }

    /// <summary>
    /// Whether this network's chains hold all its rules, and packets get there. Rules without a tag of ours are tolerated: the
    /// chains of a network are where hook scripts let something through to its guests.
    /// </summary>
    public bool IsIntact(NftNetwork network) =>
        network.Chains.All(chain => _chains.TryGetValue(chain.Name, out Chain? found)
            && found.Rules.Count(rule => rule.Comment == network.Tag) == chain.Rules.Count)
        && network.Elements.All(_elements.Contains)
        && NftNames.BridgeMaps.Count(prefix => _chains.ContainsKey(NftNames.ChainOf(prefix, network.Bridge))) == network.Chains.Count;

    private bool IsBase(string name, string hook, ReadOnlySpan<string> dispatch)
    {
        if (!_chains.TryGetValue(name, out Chain? chain) || chain.Hook != hook + " accept" || chain.Rules.Count != dispatch.Length)
        {
            return false;
        }

        for (int i = 0; i < dispatch.Length; i++)
        {
            if (chain.Rules[i].VerdictMap != dispatch[i])
            {
                return false;
            }
        }

        return true;
    }

    private Chain ChainNamed(string name)
    {
        if (!_chains.TryGetValue(name, out Chain? chain))
        {
            _chains.Add(name, chain = new Chain());
        }

        return chain;
    }

    private void ReadElements(string map, JsonElement elements)
    {
        // [["virbr0", {"jump": {"target": "guest_output_virbr0"}}], …]; whatever looks different is not ours.
        foreach (JsonElement element in elements.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2
                && element[0].ValueKind == JsonValueKind.String
                && element[1].ValueKind == JsonValueKind.Object
                && element[1].TryGetProperty("jump", out JsonElement jump))
            {
                _elements.Add(new NftElement(map, element[0].GetString() ?? "", Text(jump, "target")));
            }
        }
    }

    /// <summary>The map of a rule that is <c>KEY vmap @MAP</c> and nothing else.</summary>
    private static string? VerdictMap(JsonElement rule) =>
        rule.TryGetProperty("expr", out JsonElement expressions) && expressions.GetArrayLength() == 1
        && expressions[0].TryGetProperty("vmap", out JsonElement vmap)
        && vmap.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.String
            ? data.GetString() : null;

    private static string Text(JsonElement item, string property) =>
        item.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() ?? "" : "";

    private sealed class Chain
    {
        /// <summary>Hook and policy; both empty for a chain that is only jumped to.</summary>
        public string Hook { get; set; } = " ";

        public List<Rule> Rules { get; } = [];
    }

    private sealed record Rule(string Comment, string? VerdictMap);
}
