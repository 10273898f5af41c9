using System.Text.Json;

namespace VirtNet.Host.Iptables;

/// <summary>
/// A chain of ours with a rule of nftables' own in it. The iptables programs still insert there, but neither show nor delete;
/// nftables shows which link or subnet each rule is about, and deletes by handle.
/// </summary>
internal sealed record MixedChain(string Table, string Name, IReadOnlyList<MixedRule> Rules)
{
    /// <param name="listing"><c>nft -j list chain</c>.</param>
    public static MixedChain Parse(string table, string name, JsonElement listing) => new(table, name,
    [
        .. listing.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("rule", out _)).Select(item => item.GetProperty("rule"))
            .Select(rule => new MixedRule(rule.GetProperty("handle").GetInt64(), [.. Subjects(rule.GetProperty("expr"))], JumpOf(table, name, rule.GetProperty("expr")))),
    ]);

    /// <summary>What tells a rule of ours apart: its bridge, or the subnet that it translates.</summary>
    public static string SubjectOf(IptablesRule rule) => IptablesShapes.BridgeOf(rule) ?? IptablesShapes.SubnetOf(rule) ?? "";

    public IEnumerable<long> HandlesOf(IReadOnlyCollection<string> subjects) =>
        Rules.Where(rule => rule.IsIptables && rule.Subjects.Any(subjects.Contains)).Select(rule => rule.Handle);

    /// <summary>As <c>iptables-save</c> would show it, as far as that can be told: its jumps to other chains.</summary>
    public string Words => string.Concat(Rules.Select(rule => $"-A {Name} {rule.Jump ?? "-m nft"}\n"));

    private static string? JumpOf(string table, string name, JsonElement expressions)
    {
        JsonElement[] parts = [.. expressions.EnumerateArray().Where(part => !part.TryGetProperty("counter", out _))];
        string? target = parts.Length > 0 && parts[^1].TryGetProperty("jump", out JsonElement jump) ? jump.GetProperty("target").GetString() : null;
        return (target, parts.Length) switch
        {
            (null, _) => null,
            (_, 1) => $"-j {target}",

            // What it asks is not shown in iptables' words; ours with a question can be told by where it goes to.
            (_, 2) when IsOfConnections(parts[0]) => PublicationChains.Links.FirstOrDefault(link => link.Table == table && link.Chain == name
                && !IptablesTokens.IsUnconditional(link.Words) && IptablesTokens.TargetOf(link.Words) == target)?.Words,
            _ => null,
        };
    }

    private static bool IsOfConnections(JsonElement part) =>
        (part.TryGetProperty("xt", out JsonElement xt) && xt.TryGetProperty("name", out JsonElement of) && of.GetString() == "conntrack")
        || (part.TryGetProperty("match", out JsonElement match) && match.GetProperty("left") is { ValueKind: JsonValueKind.Object } left
            && left.TryGetProperty("ct", out _));

    private static IEnumerable<string> Subjects(JsonElement expressions)
    {
        foreach (JsonElement part in expressions.EnumerateArray())
        {
            if (part.TryGetProperty("match", out JsonElement match) && match.TryGetProperty("right", out JsonElement right))
            {
                if (right.ValueKind == JsonValueKind.String)
                {
                    yield return right.GetString()!;
                }
                else if (right.ValueKind == JsonValueKind.Object && right.TryGetProperty("prefix", out JsonElement prefix))
                {
                    yield return $"{prefix.GetProperty("addr").GetString()}/{prefix.GetProperty("len").GetInt32()}";
                }
            }
        }

        // Every rule of iptables counts, and hardly one of nftables does.
        if (expressions.EnumerateArray().Any(part => part.TryGetProperty("counter", out _)))
        {
            yield return MixedRule.Counts;
        }
    }
}

/// <param name="Jump">In iptables' words, where it is a jump that can be told; else null.</param>
internal sealed record MixedRule(long Handle, IReadOnlyList<string> Subjects, string? Jump)
{
    /// <summary>No link can have this name.</summary>
    public const string Counts = "/counts";

    public bool IsIptables => Subjects.Contains(Counts);
}
