using System.Net;
using System.Text.Json;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Neighbours;

/// <content>The places that a match confines a rule to; null where it does not, or not for certain.</content>
internal static partial class NftExpressions
{
    /// <summary>Ports that packets go to.</summary>
    public static ValueList<PortRange>? Ports(JsonElement match) =>
        IsEqual(match) ? Ports(match.GetProperty("left"), match.GetProperty("right")) : null;

    /// <summary>Ports that packets go to for whom what is asked for (left) is this (right).</summary>
    public static ValueList<PortRange>? Ports(JsonElement left, JsonElement right)
    {
        right = Unwrapped(right);
        if (!IsPayload(left, "dport"))
        {
            return Parts(left, right).Select(pair => Ports(pair.First, pair.Second)).FirstOrDefault(ports => ports is not null);
        }

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
        IsEqual(match) ? Destination(match.GetProperty("left"), match.GetProperty("right")) : null;

    /// <summary>The address that packets go to for whom what is asked for (left) is this (right).</summary>
    public static IPAddress? Destination(JsonElement left, JsonElement right)
    {
        right = Unwrapped(right);
        return !IsPayload(left, "daddr")
            ? Parts(left, right).Select(pair => Destination(pair.First, pair.Second)).FirstOrDefault(address => address is not null)
            : right.ValueKind == JsonValueKind.String && IPAddress.TryParse(right.GetString(), out IPAddress? address) ? address : null;
    }

    /// <summary>Of what is asked for together, each with its value.</summary>
    private static IEnumerable<(JsonElement First, JsonElement Second)> Parts(JsonElement left, JsonElement right) =>
        IsObject(left) && left.TryGetProperty("concat", out JsonElement parts)
        && IsObject(right) && right.TryGetProperty("concat", out JsonElement values) && parts.GetArrayLength() == values.GetArrayLength()
            ? parts.EnumerateArray().Zip(values.EnumerateArray()) : [];

    /// <summary>An element without what is said about it: counters, a comment.</summary>
    private static JsonElement Unwrapped(JsonElement value) =>
        IsObject(value) && value.TryGetProperty("elem", out JsonElement element) && element.TryGetProperty("val", out JsonElement plain)
            ? plain : value;

    /// <summary>Addresses and subnets; null where something else is among them.</summary>
    private static AddressRanges? RangesIn(JsonElement values)
    {
        List<(IPAddress, IPAddress)> ranges = [];
        foreach (JsonElement element in values.EnumerateArray())
        {
            JsonElement value = Unwrapped(element);
            if (IsObject(value) && value.TryGetProperty("prefix", out JsonElement prefix)
                && IPNetwork.TryParse($"{Text(prefix, "addr")}/{Text(prefix, "len")}", out IPNetwork subnet))
            {
                ranges.Add((subnet.BaseAddress, LastOf(subnet)));
            }
            else if (IsObject(value) && value.TryGetProperty("range", out JsonElement range)
                && IPAddress.TryParse(AsText(range[0]), out IPAddress? first) && IPAddress.TryParse(AsText(range[1]), out IPAddress? last))
            {
                ranges.Add((first, last));
            }
            else if (value.ValueKind == JsonValueKind.String && IPAddress.TryParse(value.GetString(), out IPAddress? address))
            {
                ranges.Add((address, address));
            }
            else
            {
                return null;
            }
        }

        return new AddressRanges(ranges);
    }

    private static IPAddress LastOf(IPNetwork subnet)
    {
        byte[] bytes = subnet.BaseAddress.GetAddressBytes();
        for (int bit = subnet.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }

    private static bool IsEqual(JsonElement match) => Text(match, "op") is "" or "==" or "in";

    private static bool IsPayload(JsonElement left, string field) =>
        IsObject(left) && left.TryGetProperty("payload", out JsonElement payload) && Text(payload, "field") == field;
}
