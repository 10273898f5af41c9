using System.Globalization;

namespace VirtNet.Host.Neighbours;

/// <summary>Numbers of ICMP messages (RFC 792; RFC 4443 and RFC 4861 for IPv6), and the names that firewalls have for them.</summary>
internal static class IcmpTypes
{
    public const byte EchoRequest4 = 8;
    public const byte EchoRequest6 = 128;
    public const byte RouterSolicitation = 133;
    public const byte RouterAdvertisement = 134;
    public const byte NeighbourSolicitation = 135;
    public const byte NeighbourAdvertisement = 136;

    /// <param name="name">A number, or one of nftables' names.</param>
    /// <returns>Null for messages that no sample is.</returns>
    public static byte? Parse(string name, bool ipv6) =>
        byte.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? number : name switch
        {
            "echo-request" => ipv6 ? EchoRequest6 : EchoRequest4,
            "nd-router-solicit" => RouterSolicitation,
            "nd-router-advert" => RouterAdvertisement,
            "nd-neighbor-solicit" => NeighbourSolicitation,
            "nd-neighbor-advert" => NeighbourAdvertisement,
            _ => null,
        };
}
