using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Answers;

/// <summary>
/// Names that no server elsewhere is ever asked for: localhost and invalid (RFC 6761, 6.3 and 6.4), onion (RFC 7686, 2) and
/// resolver.arpa (RFC 9462, 6.4: only the resolver itself can say whether it offers more). A rule of the definition for one
/// of them goes first.
/// </summary>
internal static class SpecialNames
{
    private static readonly NetAddress[] Loopback =
        [NetAddress.From([127, 0, 0, 1]), NetAddress.From([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])];

    private static readonly byte[] Localhost = [9, .. "localhost"u8, 0];
    private static readonly byte[] Invalid = [7, .. "invalid"u8, 0];
    private static readonly byte[] Onion = [5, .. "onion"u8, 0];
    private static readonly byte[] ResolverArpa = [8, .. "resolver"u8, 4, .. "arpa"u8, 0];
    private static readonly byte[] DesignatedResolvers = [4, .. "_dns"u8, .. ResolverArpa];

    /// <summary>Whether it is such a name.</summary>
    /// <param name="addresses">Those that it has.</param>
    /// <param name="exists">False: there is no such name; true: it exists, with those addresses and nothing else.</param>
    public static bool TryFind(ReadOnlySpan<byte> lowerName, out ReadOnlySpan<NetAddress> addresses, out bool exists)
    {
        addresses = [];
        exists = false;
        if (DnsName.IsSameOrBelow(lowerName, Localhost))
        {
            addresses = Loopback;
            exists = true;
            return true;
        }

        if (DnsName.IsSameOrBelow(lowerName, ResolverArpa))
        {
            exists = DnsName.SameName(lowerName, ResolverArpa) || DnsName.SameName(lowerName, DesignatedResolvers);
            return true;
        }

        return DnsName.IsSameOrBelow(lowerName, Onion) || DnsName.IsSameOrBelow(lowerName, Invalid);
    }
}
