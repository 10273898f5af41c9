using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace VirtNet.Model;

/// <summary>Arithmetic on addresses and prefixes.</summary>
public static class Subnet
{
    public static int? EffectivePrefix(IPAddress address, IPAddress? netmask, uint prefix) =>
        prefix > 0 ? (int)prefix
        : netmask is not null ? PrefixOf(netmask)
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? 64
        : Classful(address);

    /// <summary>The length of a contiguous IPv4 netmask, else null.</summary>
    public static int? PrefixOf(IPAddress netmask)
    {
        uint bits = ToUInt32(netmask);
        int prefix = BitOperations.LeadingZeroCount(~bits);
        return bits == MaskBits(prefix) ? prefix : null;
    }

    public static IPAddress Netmask(int prefix) => FromUInt32(MaskBits(prefix));

    public static IPAddress NetworkAddress(IPAddress address, int prefix)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(prefix - (8 * i), 0, 8);
            bytes[i] &= (byte)(0xff00 >> kept);
        }

        return new IPAddress(bytes);
    }

    /// <summary>An address with the first bits of one and the rest of another, which are of the same family.</summary>
    /// <param name="prefix">How many bits.</param>
    public static IPAddress Join(IPAddress subnet, int prefix, IPAddress host)
    {
        byte[] octets = host.GetAddressBytes();
        byte[] first = subnet.GetAddressBytes();
        for (int i = 0; i < octets.Length; i++)
        {
            int ofHost = 0xff >> Math.Clamp(prefix - (8 * i), 0, 8);
            octets[i] = (byte)((first[i] & ~ofHost) | (octets[i] & ofHost));
        }

        return new IPAddress(octets);
    }

    public static IPAddress Broadcast(IPAddress address, int prefix) =>
        FromUInt32(ToUInt32(address) | ~MaskBits(prefix));

    public static bool Contains(IPAddress address, int prefix, IPAddress candidate) =>
        address.AddressFamily == candidate.AddressFamily
        && NetworkAddress(address, prefix).Equals(NetworkAddress(candidate, prefix));

    /// <summary>Signed distance from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static BigInteger Distance(IPAddress start, IPAddress end) =>
        new BigInteger(end.GetAddressBytes(), isUnsigned: true, isBigEndian: true)
        - new BigInteger(start.GetAddressBytes(), isUnsigned: true, isBigEndian: true);

    public static uint ToUInt32(IPAddress address)
    {
        ReadOnlySpan<byte> bytes = address.GetAddressBytes();
        return ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
    }

    public static IPAddress FromUInt32(uint value) =>
        new([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);

    private static uint MaskBits(int prefix) => prefix == 0 ? 0 : uint.MaxValue << (32 - prefix);

    private static int? Classful(IPAddress address) => address.GetAddressBytes()[0] switch
    {
        0 when address.Equals(IPAddress.Any) => 0,
        < 128 => 8,
        < 192 => 16,
        < 224 => 24,
        _ => null,
    };
}
