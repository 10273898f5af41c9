using System.Net;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Reconcile;

/// <summary>Links by name, with their addresses and routes: of many as they were at one moment, of few as they are asked for.</summary>
internal sealed class HostSnapshot
{
    /// <summary>Up to this many links are asked for one by one, which costs the same however many there are on the host.</summary>
    private const int FewLinks = 256;

    private readonly Dictionary<string, LinkMessage> _links = [];
    private readonly ILookup<int, AddressMessage>? _addresses;
    private readonly ILookup<int, RouteMessage>? _routes;
    private readonly RtnetlinkClient _netlink;

    private HostSnapshot(RtnetlinkClient netlink, IEnumerable<LinkMessage> links, bool whole)
    {
        _netlink = netlink;
        foreach (LinkMessage link in links)
        {
            _links[link.Name] = link;
        }

        if (whole)
        {
            _addresses = netlink.ListAddresses().ToLookup(address => address.Link);
            _routes = netlink.ListRoutes(KernelFamily.Ipv4).Concat(netlink.ListRoutes(KernelFamily.Ipv6))
                .ToLookup(route => route.Link);
        }
    }

    public LinkMessage? Link(string name) => _links.GetValueOrDefault(name);

    public IEnumerable<AddressMessage> AddressesOf(LinkMessage link) =>
        _addresses?[link.Index] ?? _netlink.ListAddresses(link.Index);

    /// <summary>Whether a route to exactly this subnet leaves by this link.</summary>
    /// <param name="suits">What else is asked of it.</param>
    public bool HasRoute(LinkMessage link, IPAddress subnet, int prefixLength, Predicate<RouteMessage> suits) =>
        _routes is { } routes
            ? routes[link.Index].Any(route => route.IsTo(subnet, prefixLength) && suits(route))
            : _netlink.FindRoute(subnet, prefixLength, route => route.Link == link.Index && suits(route)) is not null;

    public static HostSnapshot Take(RtnetlinkClient netlink, IReadOnlyCollection<string> names) => names.Count > FewLinks
        ? new HostSnapshot(netlink, netlink.ListLinks(), whole: true)
        : new HostSnapshot(netlink, names.Select(netlink.FindLink).OfType<LinkMessage>(), whole: false);
}
