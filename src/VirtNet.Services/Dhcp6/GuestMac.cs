using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// Finds a client's MAC, which DHCPv6 does not carry: the link-local address it writes from tells the one in use where it
/// was made from it (RFC 4291, appendix A); else the DUID tells one that the machine has or had (RFC 8415, 11.2 and 11.4).
/// </summary>
internal static class GuestMac
{
    private const byte LinkLayerAndTime = 1;
    private const byte LinkLayer = 3;
    private const byte Ethernet = 1;

    public static MacAddress? Find(NetAddress source, ReadOnlySpan<byte> duid)
    {
        Span<byte> octets = stackalloc byte[16];
        if (source.IsLinkLocalV6 && source.CopyTo(octets) == 16 && octets[11] == 0xff && octets[12] == 0xfe)
        {
            return new MacAddress(
                [(byte)(octets[8] ^ 2), octets[9], octets[10], octets[13], octets[14], octets[15]]);
        }

        int start = duid.Length < 4 || duid[2] != 0 || duid[3] != Ethernet || duid[0] != 0 ? -1 : duid[1] switch
        {
            LinkLayerAndTime => 8,
            LinkLayer => 4,
            _ => -1,
        };
        return start > 0 && duid.Length == start + MacAddress.Length ? new MacAddress(duid[start..]) : null;
    }
}
