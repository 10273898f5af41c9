using System.Collections.Immutable;
using System.Globalization;
using VirtNet.Host.Firewalld;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Resolved;
using VirtNet.Host.Spanning;
using VirtNet.Host.Tc;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Networks;

/// <summary>What on this host, as it is now, speaks against a network. Nothing is changed.</summary>
/// <param name="zones">Null = firewalld is left alone.</param>
/// <param name="nameServers">Null = systemd-resolved is left alone.</param>
internal sealed class HostObjections(RtnetlinkClient netlink, FirewalldZones? zones, LinkNameServers? nameServers)
{
    /// <param name="resources">What it would hold.</param>
    /// <param name="bridge">Null = it has none of its own.</param>
    /// <exception cref="VirtNetException">It cannot be started.</exception>
    public async Task ThrowIfStartIsImpossibleAsync(
        NetworkDefinition network, ImmutableArray<HostResource> resources, OwnBridge? bridge, CancellationToken cancellationToken)
    {
        await ThrowIfImpossibleAsync(network, resources, bridge, cancellationToken);
        if (nameServers is not null)
        {
            await nameServers.ThrowIfImpossibleAsync(network, cancellationToken);
        }
    }

    /// <exception cref="VirtNetException">It cannot run like that, be it started or changed.</exception>
    public async Task ThrowIfImpossibleAsync(
        NetworkDefinition network, ImmutableArray<HostResource> resources, OwnBridge? bridge, CancellationToken cancellationToken)
    {
        if (network.OwnsBridge)
        {
            StartChecks.ThrowIfBridgeIsImpossible(network);
            ThrowIfTaken(network, bridge);
            foreach (SpanLink tunnel in resources.OfType<SpanLink>())
            {
                ThrowIfTaken(tunnel);
            }
        }
        else if (resources.Any(resource => resource is TrafficLimit) && netlink.FindLink(network.BridgeName!) is null)
        {
            throw LinkErrors.Internal($"Cannot find device \"{network.BridgeName}\" to limit its bandwidth");
        }

        if (zones is not null)
        {
            await zones.ThrowIfImpossibleAsync(network, cancellationToken);
        }
    }

    /// <exception cref="VirtNetException">By these changes the host would lose its own way out.</exception>
    public void ThrowIfForwardingCutsHostOff(ImmutableArray<HostChange> plan)
    {
        if (plan.Any(change => change.After is Sysctl { Path: Sysctl.Ipv6Forwarding }))
        {
            StartChecks.ThrowIfForwardingCutsHostOff(
                netlink.ListRoutes(KernelFamily.Ipv6),
                netlink.NameOf,
                name => int.TryParse(
                    SysctlChanges.Read($"net/ipv6/conf/{name}/accept_ra"), CultureInfo.InvariantCulture, out int value)
                    ? value
                    : null);
        }
    }

    private void ThrowIfTaken(NetworkDefinition network, OwnBridge? bridge)
    {
        StartChecks.ThrowIfTaken(
            network,
            (subnet, prefix) => netlink.FindRoute(
                subnet, prefix, route => route.Link != 0 && (bridge?.Link is null || route.Link != bridge.Link.Index)),
            netlink.NameOf);
        if (bridge is { Stranger: not null })
        {
            throw LinkErrors.CreatingBridge(bridge.Name, LinkErrors.Exists);
        }
    }

    private void ThrowIfTaken(SpanLink tunnel)
    {
        if (netlink.FindLink(tunnel.Name) is { } link && !SpanLink.IsOurs(link, tunnel.Owner ?? Guid.Empty))
        {
            throw LinkErrors.TunnelNameTaken(tunnel.Name);
        }
    }
}
