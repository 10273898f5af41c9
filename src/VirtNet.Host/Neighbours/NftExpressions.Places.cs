using System.Net;
using System.Text.Json;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Neighbours;

/// <content>The places that a match confines a rule to; null where it does not, or not for certain.</content>
internal static partial class NftExpressions
{
    /// <summary>Ports that packets go to.</summary>
    public static ValueList<PortRange>? Ports(JsonElement match)
    {
        if (!IsEqual(match) || !IsPayload(match.GetProperty("left"), "dport"))
        {
            return null;
        }

        JsonElement right = match.GetProperty("right");
        JsonElement[] values = right.ValueKind == JsonValueKind.Object && right.TryGetProperty("set", out JsonElement set)
            && set.ValueKind == JsonValueKind.Array ? [.. set.EnumerateArray()] : [right];
        List<PortRange> ports = [];
        foreach (JsonElement value in values)
        {
            if (PortRange.TryParseList(NftWords.Value(value), out ValueList<PortRange> one))
            {
                ports.AddRange(one);
            }
        }

        return ports.Count == values.Length ? ports.ToValueList() : null;
    }

    /// <summary>The address that packets go to.</summary>
    public static IPAddress? Destination(JsonElement match) =>
        IsEqual(match) && IsPayload(match.GetProperty("left"), "daddr") && match.GetProperty("right") is { ValueKind: JsonValueKind.String } right
            && IPAddress.TryParse(right.GetString(), out IPAddress? address) ? address : null;

    private static bool IsEqual(JsonElement match) => Text(match, "op") is "" or "==" or "in";

    private static bool IsPayload(JsonElement left, string field) =>
        IsObject(left) && left.TryGetProperty("payload", out JsonElement payload) && Text(payload, "field") == field;
}
