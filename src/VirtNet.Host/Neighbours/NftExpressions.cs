using System.Net;
using System.Text.Json;

namespace VirtNet.Host.Neighbours;

/// <summary>Reads matches of nftables' JSON form. What is not understood may match.</summary>
internal static partial class NftExpressions
{
    private static readonly RuleTest MayMatch = _ => Match.Maybe;

    /// <summary>A test for <c>{"op": …, "left": …, "right": …}</c>.</summary>
    public static RuleTest Test(JsonElement match)
    {
        JsonElement left = match.GetProperty("left");
        Func<SamplePacket, bool> applies = Applies(left);
        RuleTest compare = Compare(left, match.GetProperty("right"));
        string op = match.TryGetProperty("op", out JsonElement given) ? given.GetString() ?? "==" : "==";
        return op switch
        {
            "==" or "in" => compare,
            "!=" => packet => applies(packet) ? compare(packet).Not() : Match.No,
            _ => packet => applies(packet) ? Match.Maybe : Match.No,
        };
    }

    /// <summary>Whether what is asked for (left) is one of these (right).</summary>
    public static RuleTest Compare(JsonElement left, JsonElement right)
    {
        Func<SamplePacket, bool> applies = Applies(left);
        RuleTest values = Values(left, right);
        return packet => applies(packet) ? values(packet) : Match.No;
    }

    private static RuleTest Values(JsonElement left, JsonElement right)
    {
        if (right.ValueKind == JsonValueKind.Object)
        {
            if (right.TryGetProperty("set", out JsonElement set))
            {
                return set.ValueKind == JsonValueKind.Array ? Any(left, set) : MayMatch;
            }

            if (right.TryGetProperty("elem", out JsonElement element))
            {
                return element.TryGetProperty("val", out JsonElement value) ? Compare(left, value) : MayMatch;
            }
        }

        if (IsObject(left) && left.TryGetProperty("concat", out JsonElement parts))
        {
            return right.ValueKind == JsonValueKind.Object && right.TryGetProperty("concat", out JsonElement values)
                && values.GetArrayLength() == parts.GetArrayLength() ? All(parts, values) : MayMatch;
        }

        if (right.ValueKind == JsonValueKind.Array) // flags, such as states of a connection
        {
            return Any(left, right);
        }

        return right is { ValueKind: JsonValueKind.String } text && text.GetString()!.StartsWith('@')
            ? MayMatch
            : One(left, right);
    }

    private static RuleTest Any(JsonElement left, JsonElement values)
    {
        RuleTest[] tests = [.. values.EnumerateArray().Select(value => Compare(left, value))];
        return packet => tests.Select(test => test(packet)).Aggregate(Match.No, Matches.Or);
    }

    private static RuleTest All(JsonElement parts, JsonElement values)
    {
        RuleTest[] tests = [.. parts.EnumerateArray().Zip(values.EnumerateArray()).Select(pair => Compare(pair.First, pair.Second))];
        return packet => tests.Select(test => test(packet)).Aggregate(Match.Yes, Matches.And);
    }

    /// <summary>Whether a packet has what is asked for at all: a TCP port is not asked of a UDP packet.</summary>
    private static Func<SamplePacket, bool> Applies(JsonElement left)
    {
        if (!IsObject(left) || !left.TryGetProperty("payload", out JsonElement payload))
        {
            return _ => true;
        }

        string protocol = Text(payload, "protocol");
        return protocol switch
        {
            "ip" => packet => !packet.IsIpv6,
            "ip6" => packet => packet.IsIpv6,
            "tcp" or "udp" => packet => packet.Protocol == protocol,
            "vlan" or "arp" or "icmp" or "icmpv6" or "igmp" or "sctp" or "dccp" or "esp" or "ah" or "udplite" or "comp" => _ => false,
            _ => _ => true,
        };
    }

    private static RuleTest One(JsonElement left, JsonElement right)
    {
        if (!IsObject(left))
        {
            return MayMatch;
        }

        if (left.TryGetProperty("meta", out JsonElement meta))
        {
            return Meta(Text(meta, "key"), right);
        }

        if (left.TryGetProperty("payload", out JsonElement payload))
        {
            return Payload(Text(payload, "protocol"), Text(payload, "field"), right);
        }

        if (left.TryGetProperty("ct", out JsonElement ct))
        {
            return ConnectionState(Text(ct, "key"), right);
        }

        if (left.TryGetProperty("fib", out JsonElement fib) && Text(fib, "result") == "type"
            && fib.TryGetProperty("flags", out JsonElement flags) && flags.ToString().Contains("daddr", StringComparison.Ordinal))
        {
            string type = AsText(right);
            return packet => Matches.Of(type == packet.DestinationType);
        }

        // A mark and a mask: guests' packets have no mark.
        return left.TryGetProperty("&", out JsonElement masked) && masked.ValueKind == JsonValueKind.Array
            && IsObject(masked[0]) && masked[0].TryGetProperty("meta", out JsonElement of) && Text(of, "key") == "mark"
                ? Number(_ => 0, right) : MayMatch;
    }

    private static RuleTest Meta(string key, JsonElement right)
    {
        string value = AsText(right);
        return key switch
        {
            "iifname" or "iif" => packet => PacketFacts.Interface(packet.IsFrame ? null : packet.In, value, '*'),
            "oifname" or "oif" => packet => PacketFacts.Interface(packet.IsFrame ? null : packet.Out, value, '*'),
            "ibrname" or "ibridgename" => packet => packet.IsFrame ? PacketFacts.Interface(packet.In, value, '*') : Match.No,
            "obrname" or "obridgename" => packet => packet.IsFrame ? PacketFacts.Interface(packet.Out, value, '*') : Match.No,
            "l4proto" => packet => PacketFacts.Protocol(packet, value),
            "nfproto" => packet => Matches.Of(value == (packet.IsIpv6 ? "ipv6" : "ipv4")),
            "protocol" => packet => Matches.Of(value == (packet.IsIpv6 ? "ip6" : "ip")),
            "mark" => Number(_ => 0, right),
            _ => MayMatch,
        };
    }

    private static RuleTest Payload(string protocol, string field, JsonElement right)
    {
        string value = AsText(right);
        return (protocol, field) switch
        {
            ("ip" or "ip6", "saddr") => Address(packet => packet.Source, right),
            ("ip" or "ip6", "daddr") => Address(packet => packet.Destination, right),
            ("ip", "protocol") or ("ip6", "nexthdr") => packet => PacketFacts.Protocol(packet, value),
            ("tcp" or "udp" or "th", "dport") => Number(packet => packet.DestinationPort, right),
            ("tcp" or "udp" or "th", "sport") => Number(packet => packet.SourcePort, right),
            ("ether", "type") => packet => Matches.Of(value == (packet.IsIpv6 ? "ip6" : "ip")),
            _ => MayMatch,
        };
    }

    private static RuleTest ConnectionState(string key, JsonElement right)
    {
        string value = AsText(right);
        return key switch
        {
            "state" or "status" => packet => PacketFacts.State(packet, value),
            "mark" => Number(_ => 0, right),
            _ => MayMatch,
        };
    }

    private static RuleTest Address(Func<SamplePacket, IPAddress> of, JsonElement right)
    {
        AddressTest? test =
            right.ValueKind == JsonValueKind.String ? PacketFacts.Addresses(right.GetString()!)
            : right.ValueKind != JsonValueKind.Object ? null
            : right.TryGetProperty("prefix", out JsonElement prefix)
                ? PacketFacts.Addresses($"{Text(prefix, "addr")}/{Text(prefix, "len")}")
            : right.TryGetProperty("range", out JsonElement range)
                ? PacketFacts.Addresses(AsText(range[0]), AsText(range[1]))
            : null;
        return test is null ? MayMatch : packet => test(of(packet));
    }

    private static RuleTest Number(Func<SamplePacket, uint> of, JsonElement right)
    {
        if (right.ValueKind == JsonValueKind.Object && right.TryGetProperty("range", out JsonElement range))
        {
            return IsNumber(range[0], out uint from) && IsNumber(range[1], out uint to)
                ? packet => Matches.Of(of(packet) >= from && of(packet) <= to) : MayMatch;
        }

        return IsNumber(right, out uint wanted) ? packet => Matches.Of(of(packet) == wanted) : MayMatch;
    }

    private static bool IsNumber(JsonElement value, out uint number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out number);
    }

    private static bool IsObject(JsonElement value) => value.ValueKind == JsonValueKind.Object;

    private static string AsText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.ToString();

    private static string Text(JsonElement item, string property) =>
        IsObject(item) && item.TryGetProperty(property, out JsonElement value) ? AsText(value) : "";
}
