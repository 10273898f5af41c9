using System.Net;
using System.Text.Json;

namespace VirtNet.Host.Neighbours;

/// <summary>Reads matches of nftables' JSON form. What is not understood may match.</summary>
internal static partial class NftExpressions
{
    private static readonly RuleTest MayMatch = _ => Match.Maybe;

    /// <summary>So many addresses are compared one by one.</summary>
    private const int Few = 16;

    /// <summary>A test for <c>{"op": …, "left": …, "right": …}</c>.</summary>
    public static RuleTest Test(JsonElement match, NftLookups lookups)
    {
        JsonElement left = match.GetProperty("left");
        JsonElement right = match.GetProperty("right");
        Func<SamplePacket, bool> applies = Applies(left);
        string op = match.TryGetProperty("op", out JsonElement given) ? given.GetString() ?? "==" : "==";
        RuleTest test = op switch
        {
            "==" or "in" => Values(left, right, lookups),
            "!=" => Values(left, right, lookups) is var equal ? packet => equal(packet).Not() : MayMatch,
            "<" or "<=" or ">" or ">=" when NumberOf(left) is { } number && IsNumber(right, out uint limit) =>
                packet => number(packet) is { } have ? Matches.Of(Holds(have.CompareTo(limit), op)) : Match.Maybe,
            _ => MayMatch,
        };
        return packet => applies(packet) ? test(packet) : Match.No;
    }

    /// <summary>Whether what is asked for (left) is one of these (right).</summary>
    public static RuleTest Compare(JsonElement left, JsonElement right)
    {
        Func<SamplePacket, bool> applies = Applies(left);
        RuleTest values = Values(left, right, NftLookups.None);
        return packet => applies(packet) ? values(packet) : Match.No;
    }

    /// <summary>Whether an element stands for all that no other element is about.</summary>
    public static bool IsRest(JsonElement element) => Unwrapped(element) is { ValueKind: JsonValueKind.String } text && text.ValueEquals("*");

    private static RuleTest Values(JsonElement left, JsonElement right, NftLookups lookups)
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

        if (right.ValueKind == JsonValueKind.String && right.GetString()!.StartsWith('@'))
        {
            return lookups.Find(right) is { } elements ? Any(left, elements) : MayMatch;
        }

        if (IsRest(right))
        {
            return _ => Match.Yes;
        }

        if (IsObject(left) && left.TryGetProperty("concat", out JsonElement parts))
        {
            return right.ValueKind == JsonValueKind.Object && right.TryGetProperty("concat", out JsonElement values)
                && values.GetArrayLength() == parts.GetArrayLength() ? All(parts, values) : MayMatch;
        }

        return right.ValueKind == JsonValueKind.Array // flags, such as states of a connection
            ? Any(left, right) : One(left, right);
    }

    private static RuleTest Any(JsonElement left, JsonElement values)
    {
        if (values.GetArrayLength() > Few && AddressAsked(left) is { } address && RangesIn(values) is { } ranges)
        {
            return packet => address(packet) is not { } have ? Match.Maybe
                : ranges.Contain(have) ? Match.Yes
                : packet.MayHave(have, have) ? Match.Maybe : Match.No;
        }

        if (values.GetArrayLength() > NftEntry.Most)
        {
            return MayMatch;
        }

        RuleTest[] tests = [.. values.EnumerateArray().Select(value => Compare(left, value))];
        return packet => tests.Select(test => test(packet)).Aggregate(Match.No, Matches.Or);
    }

    private static RuleTest All(JsonElement parts, JsonElement values)
    {
        RuleTest[] tests = [.. parts.EnumerateArray().Zip(values.EnumerateArray()).Select(pair => Compare(pair.First, pair.Second))];
        return packet =>
        {
            Match all = Match.Yes;
            for (int i = 0; i < tests.Length && all != Match.No; i++)
            {
                all = all.And(tests[i](packet));
            }

            return all;
        };
    }

    private static RuleTest One(JsonElement left, JsonElement right)
    {
        if (!IsObject(left))
        {
            return MayMatch;
        }

        if (NumberOf(left) is { } number)
        {
            return Number(number, right);
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
            return Connection(left, Text(ct, "key"), right);
        }

        if (left.TryGetProperty("fib", out JsonElement fib) && fib.TryGetProperty("flags", out JsonElement flags))
        {
            return Route(Text(fib, "result"), flags.ToString(), right);
        }

        return MayMatch;
    }

    private static bool Holds(int comparison, string op) => op switch
    {
        "<" => comparison < 0,
        "<=" => comparison <= 0,
        ">" => comparison > 0,
        _ => comparison >= 0,
    };

    private static RuleTest Meta(string key, JsonElement right)
    {
        string value = AsText(right);
        return key switch
        {
            "iifname" or "iif" => packet => PacketFacts.Interface(packet.IsFrame ? packet.InPort : packet.In, value, '*'),
            "oifname" or "oif" => packet => PacketFacts.Interface(packet.IsFrame ? packet.OutPort : packet.Out, value, '*'),
            "ibrname" or "ibridgename" => packet => packet.IsFrame ? PacketFacts.Interface(packet.In, value, '*') : Match.No,
            "obrname" or "obridgename" => packet => packet.IsFrame ? PacketFacts.Interface(packet.Out, value, '*') : Match.No,
            "iifkind" => packet => Traits(packet, packet.IsFrame ? packet.InPort : packet.In, link => link.Kind == value),
            "oifkind" => packet => Traits(packet, packet.IsFrame ? packet.OutPort : packet.Out, link => link.Kind == value),
            "iifgroup" => packet => Traits(packet, packet.IsFrame ? packet.InPort : packet.In, link => IsGroup(link, value)),
            "oifgroup" => packet => Traits(packet, packet.IsFrame ? packet.OutPort : packet.Out, link => IsGroup(link, value)),
            "l4proto" => packet => PacketFacts.Protocol(packet, value),
            "nfproto" => packet => Matches.Of(value == (packet.IsIpv6 ? "ipv6" : "ipv4") && !packet.IsArp),
            "protocol" => packet => Matches.Of(value == EtherType(packet)),
            "pkttype" => packet => packet.Delivery is { } delivery ? Matches.Of(delivery == (value == "unicast" ? "host" : value)) : Match.Maybe,
            _ => MayMatch,
        };
    }

    private static Match Traits(SamplePacket packet, string? link, Func<LinkTraits, bool> test) =>
        link is not null && packet.Links(link) is { } traits ? Matches.Of(test(traits)) : Match.Maybe;

    /// <summary>A number, or the name of the group of all that are in no other.</summary>
    private static bool IsGroup(LinkTraits link, string wanted) => link.Group == 0 ? wanted is "default" or "0" : wanted == $"{link.Group}";

    private static string EtherType(SamplePacket packet) => packet.IsArp ? SamplePacket.ArpProtocol : packet.IsIpv6 ? "ip6" : "ip";

    private static RuleTest Payload(string protocol, string field, JsonElement right)
    {
        string value = AsText(right);
        return (protocol, field) switch
        {
            ("ip" or "ip6", "saddr") => Address(packet => packet.Source, right),
            ("ip" or "ip6", "daddr") => Address(packet => packet.Destination, right),
            ("ip", "protocol") or ("ip6", "nexthdr") => packet => PacketFacts.Protocol(packet, value),
            ("icmp" or "icmpv6", "type") => packet => Matches.Of(IcmpTypes.Parse(value, protocol == "icmpv6") == packet.IcmpType),
            (SamplePacket.ArpProtocol, "operation") => packet => Matches.Of(value == (packet.In is null ? "reply" : "request")),
            ("ether", "type") => packet => Matches.Of(value == EtherType(packet)),
            _ => MayMatch,
        };
    }

    /// <summary>Of what the kernel knows of a connection: its state, and the addresses that it began with.</summary>
    private static RuleTest Connection(JsonElement left, string key, JsonElement right)
    {
        string value = AsText(right);
        return key switch
        {
            "state" or "status" => packet => PacketFacts.State(packet, value),
            "direction" => packet => Matches.Of(packet.Established == (value == "reply")),
            "protocol" => packet => PacketFacts.Protocol(packet, value),
            _ => AddressAsked(left) is { } address ? Address(address, right) : MayMatch,
        };
    }

    /// <summary>By where the kernel would send it, or send answers: guests are where their addresses say.</summary>
    private static RuleTest Route(string result, string of, JsonElement right)
    {
        bool source = of.Contains("saddr", StringComparison.Ordinal);
        string value = AsText(right);
        bool exists = right.ValueKind == JsonValueKind.True;
        return result switch
        {
            "type" when !source => packet => packet.DestinationType is { } type ? Matches.Of(value == type) : Match.Maybe,
            "type" => packet => packet.In is null || packet.Source is null || packet.Source.Equals(IPAddress.Any) ? Match.Maybe : Matches.Of(value == "unicast"),
            "oif" or "oifname" when source && right.ValueKind is JsonValueKind.True or JsonValueKind.False =>
                packet => packet.In is null || packet.Source is null ? Match.Maybe : Matches.Of(exists),
            _ => MayMatch,
        };
    }

    private static RuleTest Address(Func<SamplePacket, IPAddress?> of, JsonElement right)
    {
        AddressTest? test =
            right.ValueKind == JsonValueKind.String ? PacketFacts.Addresses(right.GetString()!)
            : right.ValueKind != JsonValueKind.Object ? null
            : right.TryGetProperty("prefix", out JsonElement prefix)
                ? PacketFacts.Addresses($"{Text(prefix, "addr")}/{Text(prefix, "len")}")
            : right.TryGetProperty("range", out JsonElement range)
                ? PacketFacts.Addresses(AsText(range[0]), AsText(range[1]))
            : null;
        IPAddress? single = right.ValueKind == JsonValueKind.String && IPAddress.TryParse(right.GetString(), out IPAddress? one) ? one : null;
        return test is null ? MayMatch : packet => of(packet) is not { } have ? Match.Maybe
            : test(have) is var match && match == Match.No && single is not null && packet.MayHave(single, have) ? Match.Maybe : match;
    }

    private static RuleTest Number(Func<SamplePacket, uint?> of, JsonElement right)
    {
        if (right.ValueKind == JsonValueKind.Object && right.TryGetProperty("range", out JsonElement range))
        {
            return IsNumber(range[0], out uint from) && IsNumber(range[1], out uint to)
                ? packet => of(packet) is { } have ? Matches.Of(have >= from && have <= to) : Match.Maybe : MayMatch;
        }

        return IsNumber(right, out uint wanted) ? packet => PacketFacts.Mark(of(packet), wanted) : MayMatch;
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
