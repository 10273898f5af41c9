using System.Text.Json;

namespace VirtNet.Host.Neighbours;

/// <summary>One element of a map: which packets it is about, and what it says of them.</summary>
internal sealed record NftEntry(JsonElement Key, JsonElement Value, RuleTest Test)
{
    /// <summary>Entries of one map are no more looked at than this.</summary>
    public const int Most = 10_000;

    /// <param name="key">What is looked up.</param>
    public static NftEntry[] Read(JsonElement key, JsonElement elements)
    {
        NftEntry[] entries =
        [
            .. elements.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2).Take(Most)
                .Select(entry => new NftEntry(entry[0], entry[1], NftExpressions.Compare(key, entry[0]))),
        ];
        int rest = Array.FindIndex(entries, entry => NftExpressions.IsRest(entry.Key));
        if (rest >= 0)
        {
            RuleTest[] others = [.. entries.Where((_, i) => i != rest).Select(entry => entry.Test)];
            RuleTest asked = entries[rest].Test;
            entries[rest] = entries[rest] with
            {
                Test = packet => asked(packet).And(others.Select(test => test(packet)).Aggregate(Match.No, Matches.Or).Not()),
            };
        }

        return entries;
    }
}
