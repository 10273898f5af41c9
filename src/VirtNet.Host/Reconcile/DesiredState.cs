using System.Collections.Immutable;
using VirtNet.Host.Firewall;
using VirtNet.Host.Firewalld;
using VirtNet.Host.Flows;
using VirtNet.Host.Hairpins;
using VirtNet.Host.Link;
using VirtNet.Host.Resolved;
using VirtNet.Host.Spanning;
using VirtNet.Host.Tc;
using VirtNet.Model;

namespace VirtNet.Host.Reconcile;

/// <summary>What a running network wants of the host. Pure.</summary>
internal static class DesiredState
{
    /// <param name="withZones">Whether firewalld is cared for.</param>
    /// <param name="withFlows">Whether established connections are offloaded, of networks that may.</param>
    /// <exception cref="VirtNetException">The definition cannot be put on a host.</exception>
    public static ImmutableArray<HostResource> For(
        NetworkHostState state, IFirewallBackend? firewall, bool withZones = false, bool withFlows = false) =>
        state.Network.OwnsBridge
            ? [.. Owned(state, firewall, withZones, withFlows).Select(resource => Mark(resource, state.Network))]
            : [.. HostBridge(state)];

    /// <summary>A definition that has no UUID yet (a plan) owns nothing that is there.</summary>
    private static HostResource Mark(HostResource resource, NetworkDefinition network) =>
        resource.Device is null ? resource : resource with { Owner = network.Uuid ?? Guid.Empty };

    private static IEnumerable<HostResource> Owned(
        NetworkHostState given, IFirewallBackend? firewall, bool withZones, bool withFlows)
    {
        NetworkHostState state = given with { Publications = given.Publications.Where(publication => !publication.IsRelayed).ToValueList() };
        NetworkDefinition network = state.Network;
        if (network.Bridge is not { Name: { } name } bridge)
        {
            throw VirtNetException.Internal($"network '{network.Name}' does not have a bridge name.");
        }

        bool ipv6 = network.Ips.Any(ip => ip.IsIpv6);
        bool forwards4 = Forwards(state, ipv6: false) && network.Ips.Any(ip => !ip.IsIpv6);
        bool forwards6 = Forwards(state, ipv6: true) && ipv6;
        yield return BridgeLink.For(network, bridge);
        foreach (Sysctl sysctl in Sysctl.ForBridge(name, ipv6))
        {
            yield return sysctl;
        }

        if (forwards4)
        {
            yield return Sysctl.ForwardingOf(name, ipv6: false);
        }

        if (forwards6)
        {
            yield return Sysctl.ForwardingOf(name, ipv6: true);
        }

        if (withZones && BridgeZone.For(network) is { } zone)
        {
            yield return zone;
        }

        FirewallRules? rules = firewall?.RulesFor(network);
        if (state.Publications.Count > 0 || state.Peers.Count > 0)
        {
            rules = Opened(state, firewall, rules);
            if (state.Publications.Any(publication => publication.NeedsRouteFromLoopback))
            {
                yield return Sysctl.RouteFromLoopback(name);
            }
        }

        if (rules is not null)
        {
            yield return rules;
        }

        if (withFlows && FlowOffload.For(state, rules) is { } flows)
        {
            yield return flows;
        }

        foreach (BridgeAddress address in BridgeAddress.For(name, network.Ips))
        {
            yield return address;
        }

        if (bridge.MacTableManager == MacTableManager.Libvirt)
        {
            yield return new BridgeVlanFiltering(name);
        }

        yield return new BridgeUp(name) { LinkLocal = ipv6 };
        foreach (HostResource part in state.Span is { } span ? Spanning(network, name, span) : [])
        {
            yield return part;
        }

        if (state.PublishedGuests.Count > 0)
        {
            yield return new HairpinGuests(name, state.PublishedGuests);
        }

        foreach (StaticRoute route in StaticRoute.For(name, network.Routes))
        {
            yield return route;
        }

        if (forwards4)
        {
            yield return Sysctl.Forwarding(Sysctl.Ipv4Forwarding);
        }

        if (forwards6)
        {
            yield return Sysctl.Forwarding(Sysctl.Ipv6Forwarding);
        }

        foreach (HostResource shaping in Shaping.For(name, state))
        {
            yield return shaping;
        }

        if (LinkNameServer.For(network) is { } nameServer)
        {
            yield return nameServer;
        }
    }

    private static IEnumerable<HostResource> Spanning(NetworkDefinition network, string bridge, HostSpan span) =>
    [
        SpanRules.For(network, bridge, span), SpanLink.For(network, bridge, span), .. SubnetSource.For(network, bridge, span),
        .. span.Learns ? (SpanGuests[])[] : [new SpanGuests(bridge, span.Device, span.Guests)],
        .. span.Locks ? [SpanBindings.For(network, bridge, span)] : (SpanBindings[])[],
        .. span.Locks ? [new GuestLocks(bridge, span.Device, span.Guests.Select(guest => guest.Mac).ToValueList())] : (GuestLocks[])[],
    ];

    /// <summary>An isolated network forwards as soon as somebody outside is let in.</summary>
    private static bool Forwards(NetworkHostState state, bool ipv6) =>
        state.Network.Forward.Mode != ForwardMode.None || state.Peers.Count > 0
        || state.Publications.Any(publication => publication.Ipv6 == ipv6 && publication.Targets.Any(target => target.Address is not null));

    private static FirewallRules Opened(NetworkHostState state, IFirewallBackend? firewall, FirewallRules? rules) =>
        (firewall is null or { Name: BackendNames.None } ? null : rules ?? FirewallPlanner.OpenRulesFor(state.Network)) is { } own
            ? own with { Publications = state.Publications, Peers = state.Peers }
            : throw VirtNetException.OperationUnsupported(
                $"network '{state.Network.Name}' cannot {(state.Publications.Count > 0 ? "publish anything" : "have peers")}: "
                + "no firewall backend is in use");

    /// <summary>Of a bridge that belongs to the host only few settings are a network's business.</summary>
    private static IEnumerable<HostResource> HostBridge(NetworkHostState state)
    {
        if (state.Network is not { Forward.Mode: ForwardMode.Bridge, Bridge: { Name: { } name } bridge })
        {
            yield break;
        }

        if (bridge.MacTableManager == MacTableManager.Libvirt)
        {
            yield return new BridgeVlanFiltering(name);
        }

        foreach (HostResource shaping in Shaping.For(name, state))
        {
            yield return shaping;
        }
    }
}
