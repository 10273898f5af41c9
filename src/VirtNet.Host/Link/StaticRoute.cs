using System.Net;
using VirtNet.Model;

namespace VirtNet.Host.Link;

/// <summary>A static route through a network's bridge. As in libvirt, one that the kernel refuses is logged and left out.</summary>
internal sealed record StaticRoute(string Bridge, IPAddress Destination, int PrefixLength, IPAddress Gateway, uint Metric)
    : HostResource(Ranks.Route)
{
    private const uint DefaultMetric = 1; // libvirt's

    public override string Key => $"route {Destination}/{PrefixLength} via {Gateway} metric {Metric} on {Bridge}";

    public override string Kind => "route";

    public override string? Device => Bridge;

    public override string? GoesWith => BridgeLink.KeyOf(Bridge);

    public override bool BestEffort => true;

    public static IEnumerable<StaticRoute> For(string bridge, IEnumerable<RouteDefinition> routes) =>
        routes.Select(route => For(bridge, route)).Distinct();

    private static StaticRoute For(string bridge, RouteDefinition route) => new(
        bridge,
        Subnet.NetworkAddress(route.Address, route.EffectivePrefix),
        route.EffectivePrefix,
        route.Gateway,
        route.Metric == 0 ? DefaultMetric : route.Metric);
}
