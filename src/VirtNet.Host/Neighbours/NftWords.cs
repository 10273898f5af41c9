using System.Text.Json;

namespace VirtNet.Host.Neighbours;

/// <summary>A rule's JSON form in nft's own words, near enough for people to find it.</summary>
internal static class NftWords
{
    public static string Match(JsonElement match)
    {
        string op = match.TryGetProperty("op", out JsonElement given) ? given.GetString() ?? "==" : "==";
        return $"{Value(match.GetProperty("left"))} {(op is "==" or "in" ? "" : op + " ")}{Value(match.GetProperty("right"))}";
    }

    public static string Verdict(JsonElement verdict) => Verdict(verdict.EnumerateObject().First());

    public static string Verdict(JsonProperty verdict) =>
        verdict.Value.ValueKind == JsonValueKind.Object && verdict.Value.TryGetProperty("target", out JsonElement target)
            ? $"{verdict.Name} {target}" : verdict.Name;

    public static string Value(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return string.Join(',', value.EnumerateArray().Select(Value));
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return value.ToString();
        }

        JsonProperty only = value.EnumerateObject().First();
        return only.Name switch
        {
            "meta" => Part("key"),
            "ct" => $"ct {Part("key")}",
            "payload" => $"{Part("protocol")} {Part("field")}".Trim(),
            "fib" => $"fib {Part("flags")} {Part("result")}",
            "prefix" => $"{Part("addr")}/{Part("len")}",
            "range" => string.Join('-', only.Value.EnumerateArray().Select(Value)),
            "set" => $"{{ {string.Join(", ", only.Value.EnumerateArray().Select(Value))} }}",
            "concat" => string.Join(" . ", only.Value.EnumerateArray().Select(Value)),
            "elem" => Part("val"),
            _ => only.Name,
        };

        string Part(string name) => only.Value.TryGetProperty(name, out JsonElement part) ? Value(part) : "";
    }
}
