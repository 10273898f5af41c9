using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// Finds a client's MAC, which DHCPv6 does not carry: the link-local address it writes from tells the one in use where it
/// was made from it (RFC 4291, appendix A), or the host's neighbour table knows it; else the DUID tells one that the
/// machine has or had (RFC 8415, 11.2 and 11.4).
/// </summary>
internal static class GuestMac
{
    private const byte LinkLayerAndTime = 1;
    private const byte LinkLayer = 3;
    private const byte Ethernet = 1;

    /// <summary>The MAC that an address was made from; null where it was made from something else.</summary>
    public static MacAddress? InAddress(NetAddress source)
    {
        Span<byte> octets = stackalloc byte[16];
        return source.IsLinkLocalV6 && source.CopyTo(octets) == 16 && octets[11] == 0xff && octets[12] == 0xfe
            ? new MacAddress([(byte)(octets[8] ^ 2), octets[9], octets[10], octets[13], octets[14], octets[15]])
            : null;
    }

    /// <summary>The MAC that a DUID was made from; null where it was made from something else.</summary>
    public static MacAddress? InDuid(ReadOnlySpan<byte> duid)
    {
        int start = duid.Length < 4 || duid[2] != 0 || duid[3] != Ethernet || duid[0] != 0 ? -1 : duid[1] switch
        {
            LinkLayerAndTime => 8,
            LinkLayer => 4,
            _ => -1,
        };
        return start > 0 && duid.Length == start + MacAddress.Length ? new MacAddress(duid[start..]) : null;
    }
}
