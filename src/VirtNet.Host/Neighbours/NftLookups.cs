using System.Text.Json;

namespace VirtNet.Host.Neighbours;

/// <summary>What named sets and maps of one table hold, as far as it is known.</summary>
internal sealed class NftLookups(IReadOnlyDictionary<string, JsonElement> elements)
{
    public static readonly NftLookups None = new(new Dictionary<string, JsonElement>());

    /// <param name="reference">A name, after an at sign.</param>
    /// <returns>A list; null where that is not known.</returns>
    public JsonElement? Find(JsonElement reference) =>
        NameOf(reference) is { } name && elements.TryGetValue(name, out JsonElement found) && found.ValueKind == JsonValueKind.Array ? found : null;

    /// <summary>The elements of a set or map that is written out, or named.</summary>
    public JsonElement? Of(JsonElement data) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty("set", out JsonElement set) && set.ValueKind == JsonValueKind.Array ? set : Find(data);

    /// <summary>Those that a table's rules decide by: whether they are about a packet, and where it goes on.</summary>
    /// <param name="translations">Those by which packets are sent elsewhere, too.</param>
    public static IReadOnlyList<NftLookup> In(JsonElement listing, bool translations)
    {
        Dictionary<string, NftLookup> found = [];
        foreach (JsonProperty statement in listing.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("rule", out _))
            .SelectMany(item => item.GetProperty("rule").GetProperty("expr").EnumerateArray())
            .Where(part => part.ValueKind == JsonValueKind.Object).SelectMany(part => part.EnumerateObject()))
        {
            (JsonElement? data, bool isMap) = statement.Name switch
            {
                "match" => (statement.Value.GetProperty("right"), false),
                "vmap" => (statement.Value.GetProperty("data"), true),
                "mangle" => (NftMarks.MapIn(statement.Value), true),
                _ when translations => (TranslationIn(statement)?.GetProperty("data"), true),
                _ => ((JsonElement?)null, false),
            };
            if (data is { } reference && NameOf(reference) is { } name)
            {
                found.TryAdd(name, new NftLookup(name, isMap));
            }
        }

        return [.. found.Values];
    }

    /// <summary>The map that a statement finds an address or a port to translate to in.</summary>
    public static JsonElement? TranslationIn(JsonProperty statement) =>
        statement.Name is "dnat" or "redirect" && statement.Value.ValueKind == JsonValueKind.Object
            ? ((string[])["addr", "port"]).Select(part =>
                statement.Value.TryGetProperty(part, out JsonElement value) && value.ValueKind == JsonValueKind.Object
                && value.TryGetProperty("map", out JsonElement map) ? map : (JsonElement?)null).FirstOrDefault(map => map is not null)
            : null;

    /// <summary>The elements of a set or a map, from <c>nft -j list set</c>, or <c>list map</c>; null where it has none.</summary>
    public static JsonElement? ElementsIn(JsonElement listing)
    {
        foreach (JsonElement item in listing.GetProperty("nftables").EnumerateArray())
        {
            if ((item.TryGetProperty("set", out JsonElement holder) || item.TryGetProperty("map", out holder))
                && holder.TryGetProperty("elem", out JsonElement elements))
            {
                return elements;
            }
        }

        return null;
    }

    private static string? NameOf(JsonElement reference) =>
        reference.ValueKind == JsonValueKind.String && reference.GetString() is ['@', .. var name] ? name : null;
}

/// <summary>A named set or map.</summary>
internal sealed record NftLookup(string Name, bool IsMap);
