using System.Net;

namespace VirtNet.Host.Neighbours;

/// <summary>Answers to what rules ask of a packet, whichever tool's words they are in.</summary>
internal static class PacketFacts
{
    /// <summary>Whatever link a packet comes by, it is not from the host to itself.</summary>
    private const string Loopback = "lo";

    /// <param name="wanted">A name, or the beginning of names before <paramref name="wildcard"/>.</param>
    public static Match Interface(string? have, string wanted, char wildcard) =>
        wanted.EndsWith(wildcard) && wanted.Length == 1 ? Match.Yes
        : have is null ? wanted == Loopback ? Match.No : Match.Maybe
        : wanted.EndsWith(wildcard) ? Matches.Of(have.StartsWith(wanted[..^1], StringComparison.Ordinal))
        : Matches.Of(have == wanted);

    /// <summary>An address, or a subnet.</summary>
    public static AddressTest Addresses(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) ? have => Matches.Of(have.Equals(address))
        : IPNetwork.TryParse(text, out IPNetwork subnet) ? have => Matches.Of(subnet.Contains(have))
        : _ => Match.Maybe;

    /// <summary>Between two addresses, both included.</summary>
    public static AddressTest Addresses(string from, string to)
    {
        if (!IPAddress.TryParse(from, out IPAddress? first) || !IPAddress.TryParse(to, out IPAddress? last)
            || first.AddressFamily != last.AddressFamily)
        {
            return _ => Match.Maybe;
        }

        byte[] low = first.GetAddressBytes();
        byte[] high = last.GetAddressBytes();
        return have => Matches.Of(have.AddressFamily == first.AddressFamily
            && have.GetAddressBytes() is var bytes
            && bytes.AsSpan().SequenceCompareTo(low) >= 0 && bytes.AsSpan().SequenceCompareTo(high) <= 0);
    }

    public static Match State(SamplePacket packet, string state) => state.ToLowerInvariant() switch
    {
        "untracked" => Matches.Of(packet.IsUntracked),
        "new" => Matches.Of(!packet.Established && !packet.IsUntracked),
        "established" => Matches.Of(packet.Established && !packet.IsUntracked),
        "dnat" => Matches.Of(packet.IsTranslated),
        "invalid" or "related" or "snat" => Match.No,
        _ => Match.Maybe,
    };

    /// <summary>A mark, of which only some bits may count.</summary>
    public static Match Mark(uint? have, uint wanted, uint mask = uint.MaxValue) =>
        have is null ? Match.Maybe : Matches.Of((have & mask) == wanted);

    /// <summary>A protocol by name or number.</summary>
    public static Match Protocol(SamplePacket packet, string protocol) => protocol.ToLowerInvariant() switch
    {
        _ when packet.IsArp => Match.No,
        "all" or "0" or "ip" => Match.Yes,
        "1" => Matches.Of(packet.Protocol == "icmp"),
        "58" or "ipv6-icmp" or "icmp6" => Matches.Of(packet.Protocol == "icmpv6"),
        "6" => Matches.Of(packet.Protocol == "tcp"),
        "17" => Matches.Of(packet.Protocol == "udp"),
        var name => Matches.Of(packet.Protocol == name),
    };
}

/// <summary>Whether an address is one of those that a rule is about.</summary>
internal delegate Match AddressTest(IPAddress address);
