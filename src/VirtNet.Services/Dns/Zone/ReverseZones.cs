using System.Net;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>The zones in which the names of a subnet's addresses are; several where its length is between two labels.</summary>
internal static class ReverseZones
{
    /// <summary>What no name server of the world knows (RFC 6303, 4, as dnsmasq counts it).</summary>
    private static readonly string[] PrivateSubnets =
    [
        "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16",
        "198.51.100.0/24", "203.0.113.0/24", "255.255.255.255/32", "::/128", "::1/128", "2001:db8::/32", "fd00::/8", "fe80::/10",
        "fec0::/10",
    ];

    public static IReadOnlyList<IPNetwork> PrivateNetworks { get; } = [.. PrivateSubnets.Select(IPNetwork.Parse)];

    /// <summary>Whether an address is in one of them, that of IPv4 in IPv6 too.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return PrivateNetworks.Any(network => network.Contains(plain));
    }

    public static IEnumerable<DnsName> Of(byte[] address, int length)
    {
        int step = address.Length == 4 ? 8 : 4;
        int whole = (length + step - 1) / step * step;
        for (int i = 0; i < 1 << (whole - length); i++)
        {
            byte[] one = [.. address];
            int shift = (8 - (whole % 8)) % 8;
            if (whole > 0)
            {
                int mask = ((1 << (whole - length)) - 1) << shift;
                one[(whole - 1) / 8] = (byte)((one[(whole - 1) / 8] & ~mask) | (i << shift));
            }

            yield return ReverseName.Zone(one, whole);
        }
    }
}
