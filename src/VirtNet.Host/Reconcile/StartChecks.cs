using System.Net;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Reconcile;

/// <summary>What speaks against starting a network on this host, before anything is touched.</summary>
internal static class StartChecks
{
    private const byte AcceptsAdvertisements = 1;
    private const uint SmallestMtu = 68; // RFC 791
    private const uint LargestMtu = 65535;
    private const uint SmallestMtuOfIpv6 = 1280; // RFC 8200, 5

    /// <summary>
    /// As in libvirt only IPv4 counts, and only a route to exactly the same network: another prefix length is no clash.
    /// </summary>
    /// <param name="find">A route of the main table to exactly this subnet by some interface, but for the network's own.</param>
    /// <exception cref="VirtNetException">A route of the host has one of the network's subnets or routes.</exception>
    public static void ThrowIfTaken(
        NetworkDefinition network, Func<IPAddress, int, RouteMessage?> find, Func<int, string> nameOfLink)
    {
        foreach (IPNetwork subnet in network.Ips.Where(ip => !ip.IsIpv6).Select(ip => ip.Network).OfType<IPNetwork>())
        {
            if (find(subnet.BaseAddress, subnet.PrefixLength) is { } taken)
            {
                throw LinkErrors.Internal($"Network is already in use by interface {nameOfLink(taken.Link)}");
            }
        }

        foreach (RouteDefinition route in network.Routes.Where(route => !route.IsIpv6))
        {
            int prefix = route.EffectivePrefix;
            if (find(Subnet.NetworkAddress(route.Address, prefix), prefix) is { } taken)
            {
                throw LinkErrors.Internal(
                    $"Route address '{route.Address}' conflicts with IP address for '{nameOfLink(taken.Link)}'");
            }
        }
    }

    /// <exception cref="VirtNetException">
    /// The kernel would not make such a bridge: said of a name as libvirt says it, which clients know, of the rest with its limit.
    /// </exception>
    public static void ThrowIfBridgeIsImpossible(NetworkDefinition network)
    {
        if (network.BridgeName is { } bridge)
        {
            if (!InterfaceName.IsPossible(bridge))
            {
                throw LinkErrors.CreatingBridge(
                    bridge, InterfaceName.IsTooLong(bridge) ? LinkErrors.OutOfRange : LinkErrors.InvalidArgument);
            }

            if (network.Mac == default(MacAddress))
            {
                throw LinkErrors.CreatingBridge(bridge, LinkErrors.NoSuchAddress);
            }
        }

        ThrowIfMtuIsImpossible(network);
    }

    /// <exception cref="VirtNetException">No bridge can have that MTU, or none with the network's addresses.</exception>
    public static void ThrowIfMtuIsImpossible(NetworkDefinition network)
    {
        if (network.Mtu != 0 && network.Mtu is < SmallestMtu or > LargestMtu)
        {
            throw LinkErrors.Impossible(
                $"Cannot set interface MTU on '{network.BridgeName}'", $"MTU {network.Mtu} is not within {SmallestMtu} and {LargestMtu}");
        }

        if (network.Mtu is not 0 and < SmallestMtuOfIpv6 && network.Ips.Any(ip => ip.IsIpv6))
        {
            throw LinkErrors.Impossible(
                $"Cannot set interface MTU on '{network.BridgeName}'",
                $"MTU {network.Mtu} is too small for IPv6: at least {SmallestMtuOfIpv6}");
        }
    }

    /// <summary>
    /// A host that got its own IPv6 routes from a router would lose them the moment it forwards, unless it is told to
    /// listen to routers all the same.
    /// </summary>
    /// <param name="acceptRouterAdvertisements">The setting accept_ra of an interface.</param>
    /// <exception cref="VirtNetException">Forwarding would cut the host off.</exception>
    public static void ThrowIfForwardingCutsHostOff(
        IEnumerable<RouteMessage> ipv6Routes, Func<int, string> nameOfLink, Func<string, int?> acceptRouterAdvertisements)
    {
        foreach (RouteMessage route in ipv6Routes.Where(route => route.Link != 0 && route.IsLearnt).DistinctBy(route => route.Link))
        {
            string name = nameOfLink(route.Link);
            if (acceptRouterAdvertisements(name) == AcceptsAdvertisements)
            {
                throw LinkErrors.Internal(
                    $"Check the host setup: interface {name} has kernel autoconfigured IPv6 routes and enabling forwarding "
                    + "without accept_ra set to 2 will cause the kernel to flush them, breaking networking.");
            }
        }
    }
}
