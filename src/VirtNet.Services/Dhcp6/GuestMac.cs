using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// Finds a client's MAC, which DHCPv6 does not carry: the link-local address it writes from tells the one in use where it
/// was made from it (RFC 4291, appendix A), or the host's neighbour table knows it; else the <see cref="Leases.Duid"/> tells one.
/// </summary>
internal static class GuestMac
{
    /// <summary>The MAC that an address was made from; null where it was made from something else.</summary>
    public static MacAddress? InAddress(NetAddress source)
    {
        Span<byte> octets = stackalloc byte[16];
        return source.IsLinkLocalV6 && source.CopyTo(octets) == 16 && octets[11] == 0xff && octets[12] == 0xfe
            ? new MacAddress([(byte)(octets[8] ^ 2), octets[9], octets[10], octets[13], octets[14], octets[15]])
            : null;
    }
}
