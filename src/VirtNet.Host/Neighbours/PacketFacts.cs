using System.Globalization;
using System.Net;

namespace VirtNet.Host.Neighbours;

/// <summary>Answers to what rules ask of a packet, whichever tool's words they are in.</summary>
internal static class PacketFacts
{
    /// <param name="wanted">A name, or the beginning of names before <paramref name="wildcard"/>.</param>
    public static Match Interface(string? have, string wanted, char wildcard) =>
        wanted.EndsWith(wildcard) && wanted.Length == 1 ? Match.Yes
        : have is null ? Match.Maybe
        : wanted.EndsWith(wildcard) ? Matches.Of(have.StartsWith(wanted[..^1], StringComparison.Ordinal))
        : Matches.Of(have == wanted);

    public static Match Address(IPAddress have, string prefix)
    {
        if (!prefix.Contains('/'))
        {
            return IPAddress.TryParse(prefix, out IPAddress? address) ? Matches.Of(have.Equals(address)) : Match.Maybe;
        }

        int slash = prefix.IndexOf('/', StringComparison.Ordinal);
        return IPAddress.TryParse(prefix[..slash], out IPAddress? network)
            && int.TryParse(prefix[(slash + 1)..], CultureInfo.InvariantCulture, out int length)
            && length >= 0 && length <= network.GetAddressBytes().Length * 8
                ? Matches.Of(network.AddressFamily == have.AddressFamily && IsWithin(have, network, length))
                : Match.Maybe;
    }

    /// <summary>Between two addresses, both included.</summary>
    public static Match Address(IPAddress have, string from, string to)
    {
        if (!IPAddress.TryParse(from, out IPAddress? first) || !IPAddress.TryParse(to, out IPAddress? last))
        {
            return Match.Maybe;
        }

        ReadOnlySpan<byte> bytes = have.GetAddressBytes();
        return Matches.Of(first.AddressFamily == have.AddressFamily
            && bytes.SequenceCompareTo(first.GetAddressBytes()) >= 0 && bytes.SequenceCompareTo(last.GetAddressBytes()) <= 0);
    }

    public static Match State(SamplePacket packet, string state) => state.ToLowerInvariant() switch
    {
        "new" => Matches.Of(!packet.Established),
        "established" => Matches.Of(packet.Established),
        "invalid" or "related" or "untracked" or "dnat" or "snat" => Match.No,
        _ => Match.Maybe,
    };

    /// <summary>A protocol by name or number.</summary>
    public static Match Protocol(SamplePacket packet, string protocol) => protocol.ToLowerInvariant() switch
    {
        "all" or "0" or "ip" => Match.Yes,
        "6" => Matches.Of(packet.Protocol == "tcp"),
        "17" => Matches.Of(packet.Protocol == "udp"),
        var name => Matches.Of(packet.Protocol == name),
    };

    private static bool IsWithin(IPAddress address, IPAddress network, int length)
    {
        byte[] one = address.GetAddressBytes();
        byte[] other = network.GetAddressBytes();
        for (int bit = 0; bit < length; bit += 8)
        {
            int mask = length - bit >= 8 ? 0xff : 0xff << (8 - (length - bit));
            if (((one[bit / 8] ^ other[bit / 8]) & mask) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
