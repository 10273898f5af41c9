using System.Net;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// The IPv6 addresses that a machine makes of its MAC address by itself (RFC 4291, appendix A), unless it makes up others: no two
/// machines have one in common.
/// </summary>
internal static class Eui64
{
    public const int PrefixLength = 64;

    private const int Length = 16;
    private const byte UniversalBit = 2;

    /// <summary>What the link's own addresses begin with (RFC 4291, 2.5.6).</summary>
    public static readonly IPNetwork LinkLocal = IPNetwork.Parse("fe80::/64");

    /// <param name="prefix">Of <see cref="PrefixLength"/> bits.</param>
    public static IPAddress AddressOf(IPNetwork prefix, MacAddress mac)
    {
        byte[] octets = prefix.BaseAddress.GetAddressBytes();
        (octets[8], octets[9], octets[10], octets[11]) = ((byte)(mac[0] ^ UniversalBit), mac[1], mac[2], 0xff);
        (octets[12], octets[13], octets[14], octets[15]) = (0xfe, mac[3], mac[4], mac[5]);
        return new IPAddress(octets);
    }

    /// <summary>Null where an address is not made of one.</summary>
    public static MacAddress? MacIn(IPAddress address) =>
        address.GetAddressBytes() is { Length: Length } octets && octets[11] == 0xff && octets[12] == 0xfe
            ? new MacAddress([(byte)(octets[8] ^ UniversalBit), octets[9], octets[10], octets[13], octets[14], octets[15]])
            : null;
}
