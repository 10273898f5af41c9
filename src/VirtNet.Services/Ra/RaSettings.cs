using VirtNet.Model;
using VirtNet.Wire.Ndisc;

namespace VirtNet.Services.Ra;

/// <summary>What one network advertises, apart from its link-local address, which only the running host knows.</summary>
internal static class RaSettings
{
    private const ushort DefaultRouterLifetime = 1800;
    private const uint EthernetMtu = 1500;

    /// <summary>Null for a network without IPv6.</summary>
    public static RouterAdvertisement? For(NetworkDefinition live)
    {
        List<IpDefinition> addresses = [.. live.Ips.Where(ip => ip.IsIpv6 && ip.Network is not null)];
        if (addresses.Count == 0)
        {
            return null;
        }

        // With DHCPv6 on any prefix guests are to ask there, and no prefix may be used for addresses of their own.
        bool stateful = addresses.Any(ip => ip.HasDhcp);
        return new RouterAdvertisement
        {
            Managed = stateful,
            Other = stateful,
            RouterLifetime = live.Forward.Mode == ForwardMode.None ? (ushort)0 : DefaultRouterLifetime,
            Prefixes = [.. addresses.Select(ip => new AdvertisedPrefix(ip.Network!.Value, Autonomous: !stateful))],
            Mtu = live.Mtu > 0 ? live.Mtu : EthernetMtu,
            LinkAddress = live.Mac?.ToArray() ?? [],
        };
    }

    public static bool OffersDns(NetworkDefinition live) => live.Dns?.Enable != false;
}
