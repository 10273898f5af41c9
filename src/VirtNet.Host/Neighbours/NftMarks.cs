using System.Text.Json;

namespace VirtNet.Host.Neighbours;

/// <summary>Reads what nftables' rules mark packets and connections with.</summary>
internal static class NftMarks
{
    private static readonly Func<SamplePacket, uint?> NotKnown = _ => null;

    /// <param name="statement">A <c>mangle</c>.</param>
    /// <returns>Null where something else is changed.</returns>
    public static MarkChange? Change(JsonElement statement, NftLookups lookups) =>
        OfConnection(statement.GetProperty("key")) is { } connection ? new MarkChange(connection, Value(statement.GetProperty("value"), lookups)) : null;

    /// <summary>What a <c>mangle</c> looks its mark up in; null where it does not.</summary>
    public static JsonElement? MapIn(JsonElement statement) =>
        OfConnection(statement.GetProperty("key")) is not null && statement.GetProperty("value") is { ValueKind: JsonValueKind.Object } value
            && value.TryGetProperty("map", out JsonElement map) ? map.GetProperty("data") : null;

    /// <summary>The mark that is asked for; null where something else is.</summary>
    public static Func<SamplePacket, uint?>? Of(JsonElement expression) => OfConnection(expression) switch
    {
        true => packet => packet.ConnectionMark,
        false => packet => packet.Mark,
        null => null,
    };

    private static bool? OfConnection(JsonElement expression) =>
        expression.ValueKind != JsonValueKind.Object ? null
        : expression.TryGetProperty("meta", out JsonElement meta) && IsMark(meta) ? false
        : expression.TryGetProperty("ct", out JsonElement ct) && IsMark(ct) ? true
        : null;

    private static bool IsMark(JsonElement of) => of.TryGetProperty("key", out JsonElement key) && key.ValueEquals("mark");

    private static Func<SamplePacket, uint?> Value(JsonElement value, NftLookups lookups)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out uint number))
        {
            return _ => number;
        }

        if (Of(value) is { } mark)
        {
            return mark;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return NotKnown;
        }

        JsonProperty only = value.EnumerateObject().First();
        if (only.Name is "|" or "&" or "^" && only.Value is { ValueKind: JsonValueKind.Array } operands && operands.GetArrayLength() == 2)
        {
            Func<SamplePacket, uint?> one = Value(operands[0], lookups);
            Func<SamplePacket, uint?> other = Value(operands[1], lookups);
            return only.Name switch
            {
                "|" => packet => one(packet) | other(packet),
                "&" => packet => one(packet) & other(packet),
                _ => packet => one(packet) ^ other(packet),
            };
        }

        return only.Name == "map" ? Mapped(only.Value, lookups) : NotKnown;
    }

    private static Func<SamplePacket, uint?> Mapped(JsonElement map, NftLookups lookups)
    {
        if (lookups.Of(map.GetProperty("data")) is not { } elements)
        {
            return NotKnown;
        }

        NftEntry[] entries = NftEntry.Read(map.GetProperty("key"), elements);
        Func<SamplePacket, uint?>[] values = [.. entries.Select(entry => Value(entry.Value, lookups))];
        return packet => Array.FindIndex(entries, entry => entry.Test(packet) != Match.No) is >= 0 and var at && entries[at].Test(packet) == Match.Yes
            ? values[at](packet) : null;
    }
}
