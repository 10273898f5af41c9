using System.Net;
using System.Net.Sockets;

namespace VirtNet.Model.Subnets;

/// <summary>Finds a subnet that nobody has among the addresses that are nobody's in the world (RFC 1918, RFC 4193).</summary>
public static class FreeSubnet
{
    public const int DefaultPrefix4 = 24;
    public const int DefaultPrefix6 = 64;

    /// <summary>Within what <see cref="FindIpv6"/> has made up (RFC 4193, 3.1).</summary>
    private const int SitePrefix = 48;

    private const int Attempts = 32;

    /// <summary>
    /// Searched in this order: first what home routers, VPNs and libvirt's own default have least, the usual suspects last.
    /// </summary>
    private static readonly IPNetwork[] Places =
    [
        IPNetwork.Parse("192.168.128.0/17"),
        IPNetwork.Parse("10.128.0.0/9"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("10.0.0.0/9"),
        IPNetwork.Parse("192.168.0.0/17"),
    ];

    /// <summary>All that is ever searched.</summary>
    private static readonly IPNetwork[] Private =
        [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("fc00::/7")];

    /// <summary>Whether a search has to know of a range.</summary>
    public static bool Matters(IPNetwork range) => Array.Exists(Private, place => TakenSubnet.Overlap(place, range));

    /// <summary>
    /// Whether a route says nothing about who has its addresses: a default route, also one in parts as VPNs make it. The widest
    /// range that somebody has as a whole is 10.0.0.0/8 or fc00::/7.
    /// </summary>
    public static bool IsEverybodys(IPNetwork range) =>
        range.PrefixLength < (range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 8 : 7);

    /// <returns>Null where all is taken.</returns>
    public static IPNetwork? FindIpv4(IEnumerable<IPNetwork> taken, int prefixLength)
    {
        Stretch[] spans = [.. taken
            .Where(range => range.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
            .Select(Stretch.Of)
            .OrderBy(span => span.First)];
        ulong size = 1UL << (32 - prefixLength);
        foreach (IPNetwork place in Places.Where(place => place.PrefixLength <= prefixLength))
        {
            if (FindIn(Stretch.Of(place), spans, size) is { } first)
            {
                return new IPNetwork(Subnet.FromUInt32((uint)first), prefixLength);
            }
        }

        return null;
    }

    /// <summary>A subnet of a random site: no other host is likely to have it.</summary>
    /// <param name="fillRandom">Fills its argument with random bytes.</param>
    /// <returns>Null where all is taken, or no site is as large.</returns>
    public static IPNetwork? FindIpv6(IReadOnlyCollection<IPNetwork> taken, int prefixLength, Action<Span<byte>> fillRandom)
    {
        if (prefixLength < SitePrefix)
        {
            return null;
        }

        byte[] bytes = new byte[16];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            fillRandom(bytes.AsSpan(1, 5));
            bytes[0] = 0xfd;
            IPNetwork found = new(new IPAddress(bytes), prefixLength);
            if (!taken.Any(range => TakenSubnet.Overlap(range, found)))
            {
                return found;
            }
        }

        return null;
    }

    /// <param name="taken">In the order of their beginnings.</param>
    private static ulong? FindIn(Stretch place, Stretch[] taken, ulong size)
    {
        ulong first = place.First;
        foreach (Stretch span in taken)
        {
            if (span.First > first + size - 1)
            {
                break; // and so do all that follow
            }

            if (span.Last >= first)
            {
                first = (span.Last / size * size) + size;
            }
        }

        return first + size - 1 <= place.Last ? first : null;
    }

    /// <summary>The addresses of a range as numbers; 64 bits, so that the end of the last one has a successor.</summary>
    private readonly record struct Stretch(ulong First, ulong Last)
    {
        public static Stretch Of(IPNetwork range)
        {
            ulong first = Subnet.ToUInt32(range.BaseAddress);
            return new Stretch(first, first + (1UL << (32 - range.PrefixLength)) - 1);
        }
    }
}
