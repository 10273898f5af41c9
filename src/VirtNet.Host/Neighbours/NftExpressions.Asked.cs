using System.Net;
using System.Text.Json;

namespace VirtNet.Host.Neighbours;

/// <content>What a match asks of a packet: the left side.</content>
internal static partial class NftExpressions
{
    /// <summary>Whether a packet has what is asked for at all: a TCP port is not asked of a UDP packet.</summary>
    private static Func<SamplePacket, bool> Applies(JsonElement left)
    {
        if (!IsObject(left) || !left.TryGetProperty("payload", out JsonElement payload))
        {
            return left.ValueKind == JsonValueKind.Object && left.TryGetProperty("&", out JsonElement masked)
                && masked.ValueKind == JsonValueKind.Array ? Applies(masked[0]) : _ => true;
        }

        string protocol = Text(payload, "protocol");
        return protocol switch
        {
            "ip" => packet => packet is { IsIpv6: false, IsArp: false },
            "ip6" => packet => packet.IsIpv6,
            "th" => packet => packet.Protocol is "tcp" or "udp",
            "tcp" or "udp" or "icmp" or "icmpv6" or SamplePacket.ArpProtocol => packet => packet.Protocol == protocol,
            "vlan" or "igmp" or "sctp" or "dccp" or "esp" or "ah" or "udplite" or "comp" => _ => false,
            _ => _ => true,
        };
    }

    /// <summary>What is asked for where it is a number: ports, types, and marks, perhaps only some bits of them.</summary>
    private static Func<SamplePacket, uint?>? NumberOf(JsonElement left)
    {
        if (!IsObject(left))
        {
            return null;
        }

        if (left.TryGetProperty("&", out JsonElement masked) && masked.ValueKind == JsonValueKind.Array)
        {
            return NftMarks.Of(masked[0]) is { } some && IsNumber(masked[1], out uint mask) ? packet => some(packet) & mask : null;
        }

        if (NftMarks.Of(left) is { } mark)
        {
            return mark;
        }

        return !left.TryGetProperty("payload", out JsonElement payload) ? null : (Text(payload, "protocol"), Text(payload, "field")) switch
        {
            ("tcp" or "udp" or "th", "dport") => packet => packet.DestinationPort,
            ("tcp" or "udp" or "th", "sport") => packet => packet.SourcePort,
            ("ip6", "hoplimit") => packet => packet.HopLimit,
            _ => null,
        };
    }

    /// <summary>The address that is asked for; null where something else is.</summary>
    private static Func<SamplePacket, IPAddress?>? AddressAsked(JsonElement left)
    {
        if (!IsObject(left))
        {
            return null;
        }

        if (left.TryGetProperty("payload", out JsonElement payload))
        {
            return (Text(payload, "protocol"), Text(payload, "field")) switch
            {
                ("ip" or "ip6", "saddr") => packet => packet.Source,
                ("ip" or "ip6", "daddr") => packet => packet.Destination,
                _ => null,
            };
        }

        if (!left.TryGetProperty("ct", out JsonElement ct))
        {
            return null;
        }

        // Where answers come from is where requests went to, unless these are translated.
        return (Text(ct, "key").Split(' ')[^1], Text(ct, "dir")) switch
        {
            ("saddr", "original") => packet => packet.Established ? packet.Destination : packet.Source,
            ("daddr", "original") => packet => packet.IsTranslated ? packet.OriginalDestination : packet.Established ? packet.Source : packet.Destination,
            _ => null,
        };
    }
}
