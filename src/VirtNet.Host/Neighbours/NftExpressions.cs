using System.Net;
using System.Text.Json;

namespace VirtNet.Host.Neighbours;

/// <summary>Reads matches of nftables' JSON form. What is not understood may match.</summary>
internal static class NftExpressions
{
    /// <summary>A test for <c>{"op": …, "left": …, "right": …}</c>.</summary>
    public static RuleTest Test(JsonElement match)
    {
        JsonElement left = match.GetProperty("left").Clone();
        JsonElement right = match.GetProperty("right").Clone();
        string op = match.TryGetProperty("op", out JsonElement given) ? given.GetString() ?? "==" : "==";
        return op switch
        {
            "==" or "in" => packet => Compare(packet, left, right),
            "!=" => packet => Applies(packet, left) ? Compare(packet, left, right).Not() : Match.No,
            _ => packet => Applies(packet, left) ? Match.Maybe : Match.No,
        };
    }

    /// <summary>Whether what is asked for (left) is one of these (right).</summary>
    public static Match Compare(SamplePacket packet, JsonElement left, JsonElement right)
    {
        if (!Applies(packet, left))
        {
            return Match.No;
        }

        if (right.ValueKind == JsonValueKind.Object)
        {
            if (right.TryGetProperty("set", out JsonElement set))
            {
                return set.ValueKind == JsonValueKind.Array
                    ? set.EnumerateArray().Select(one => Compare(packet, left, one)).Aggregate(Match.No, Matches.Or)
                    : Match.Maybe;
            }

            if (right.TryGetProperty("elem", out JsonElement element))
            {
                return element.TryGetProperty("val", out JsonElement value) ? Compare(packet, left, value) : Match.Maybe;
            }
        }

        if (left.TryGetProperty("concat", out JsonElement parts))
        {
            return right.ValueKind == JsonValueKind.Object && right.TryGetProperty("concat", out JsonElement values)
                && values.GetArrayLength() == parts.GetArrayLength()
                    ? parts.EnumerateArray().Zip(values.EnumerateArray())
                        .Select(pair => Compare(packet, pair.First, pair.Second)).Aggregate(Match.Yes, Matches.And)
                    : Match.Maybe;
        }

        if (right.ValueKind == JsonValueKind.Array) // flags, such as states of a connection
        {
            return right.EnumerateArray().Select(one => Compare(packet, left, one)).Aggregate(Match.No, Matches.Or);
        }

        return right is { ValueKind: JsonValueKind.String } text && text.GetString()!.StartsWith('@')
            ? Match.Maybe
            : One(packet, left, right);
    }

    /// <summary>Whether a packet has what is asked for at all: a TCP port is not asked of a UDP packet.</summary>
    private static bool Applies(SamplePacket packet, JsonElement left) =>
        !left.TryGetProperty("payload", out JsonElement payload)
        || Text(payload, "protocol") switch
        {
            "ip" => !packet.IsIpv6,
            "ip6" => packet.IsIpv6,
            "tcp" or "udp" => packet.Protocol == Text(payload, "protocol"),
            "th" or "ether" or "" => true,
            "vlan" or "arp" or "icmp" or "icmpv6" or "igmp" or "sctp" or "dccp" or "esp" or "ah" or "udplite" or "comp" => false,
            _ => true,
        };

    private static Match One(SamplePacket packet, JsonElement left, JsonElement right)
    {
        if (left.TryGetProperty("meta", out JsonElement meta))
        {
            return Meta(packet, Text(meta, "key"), right);
        }

        if (left.TryGetProperty("payload", out JsonElement payload))
        {
            return Payload(packet, Text(payload, "protocol"), Text(payload, "field"), right);
        }

        if (left.TryGetProperty("ct", out JsonElement ct))
        {
            return Text(ct, "key") switch
            {
                "state" or "status" => PacketFacts.State(packet, AsText(right)),
                "mark" => Number(0, right),
                _ => Match.Maybe,
            };
        }

        if (left.TryGetProperty("fib", out JsonElement fib) && Text(fib, "result") == "type"
            && fib.TryGetProperty("flags", out JsonElement flags) && flags.ToString().Contains("daddr", StringComparison.Ordinal))
        {
            return Matches.Of(AsText(right) == packet.DestinationType);
        }

        // A mark and a mask: guests' packets have no mark.
        return left.TryGetProperty("&", out JsonElement masked) && masked.ValueKind == JsonValueKind.Array
            && masked[0].TryGetProperty("meta", out JsonElement of) && Text(of, "key") == "mark"
                ? Number(0, right) : Match.Maybe;
    }

    private static Match Meta(SamplePacket packet, string key, JsonElement right) => key switch
    {
        "iifname" or "iif" => PacketFacts.Interface(packet.IsFrame ? null : packet.In, AsText(right), '*'),
        "oifname" or "oif" => PacketFacts.Interface(packet.IsFrame ? null : packet.Out, AsText(right), '*'),
        "ibrname" or "ibridgename" => packet.IsFrame ? PacketFacts.Interface(packet.In, AsText(right), '*') : Match.No,
        "obrname" or "obridgename" => packet.IsFrame ? PacketFacts.Interface(packet.Out, AsText(right), '*') : Match.No,
        "l4proto" => PacketFacts.Protocol(packet, AsText(right)),
        "nfproto" => Matches.Of(AsText(right) == (packet.IsIpv6 ? "ipv6" : "ipv4")),
        "protocol" => Matches.Of(AsText(right) == (packet.IsIpv6 ? "ip6" : "ip")),
        "mark" => Number(0, right),
        _ => Match.Maybe,
    };

    private static Match Payload(SamplePacket packet, string protocol, string field, JsonElement right) => (protocol, field) switch
    {
        ("ip" or "ip6", "saddr") => Address(packet.Source, right),
        ("ip" or "ip6", "daddr") => Address(packet.Destination, right),
        ("ip", "protocol") or ("ip6", "nexthdr") => PacketFacts.Protocol(packet, AsText(right)),
        ("tcp" or "udp" or "th", "dport") => Number(packet.DestinationPort, right),
        ("tcp" or "udp" or "th", "sport") => Number(packet.SourcePort, right),
        ("ether", "type") => Matches.Of(AsText(right) == (packet.IsIpv6 ? "ip6" : "ip")),
        _ => Match.Maybe,
    };

    private static Match Address(IPAddress have, JsonElement right) =>
        right.ValueKind == JsonValueKind.String ? PacketFacts.Address(have, right.GetString()!)
        : right.ValueKind != JsonValueKind.Object ? Match.Maybe
        : right.TryGetProperty("prefix", out JsonElement prefix)
            ? PacketFacts.Address(have, $"{Text(prefix, "addr")}/{AsText(prefix.GetProperty("len"))}")
        : right.TryGetProperty("range", out JsonElement range)
            ? PacketFacts.Address(have, AsText(range[0]), AsText(range[1]))
        : Match.Maybe;

    private static Match Number(uint have, JsonElement right)
    {
        if (right.ValueKind == JsonValueKind.Object && right.TryGetProperty("range", out JsonElement range))
        {
            return range[0].TryGetUInt32(out uint from) && range[1].TryGetUInt32(out uint to)
                ? Matches.Of(have >= from && have <= to) : Match.Maybe;
        }

        return right.ValueKind == JsonValueKind.Number && right.TryGetUInt32(out uint wanted)
            ? Matches.Of(have == wanted) : Match.Maybe;
    }

    private static string AsText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.ToString();

    private static string Text(JsonElement item, string property) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(property, out JsonElement value) ? AsText(value) : "";
}
