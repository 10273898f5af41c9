using VirtNet.Host.Netlink;

namespace VirtNet.Host.Reconcile;

/// <summary>Links by name, with their addresses and routes, as they were at one moment.</summary>
internal sealed class HostSnapshot
{
    /// <summary>Up to this many links are asked for one by one; for more, listing everything is cheaper.</summary>
    private const int FewLinks = 3;

    private readonly Dictionary<string, LinkMessage> _links = [];
    private readonly ILookup<int, AddressMessage> _addresses;
    private readonly ILookup<int, RouteMessage> _routes;

    private HostSnapshot(
        IEnumerable<LinkMessage> links, IEnumerable<AddressMessage> addresses, IEnumerable<RouteMessage> routes)
    {
        foreach (LinkMessage link in links)
        {
            _links[link.Name] = link;
        }

        _addresses = addresses.ToLookup(address => address.Link);
        _routes = routes.ToLookup(route => route.Link);
    }

    public LinkMessage? Link(string name) => _links.GetValueOrDefault(name);

    public IEnumerable<AddressMessage> AddressesOf(LinkMessage link) => _addresses[link.Index];

    public IEnumerable<RouteMessage> RoutesOf(LinkMessage link) => _routes[link.Index];

    public static HostSnapshot Take(RtnetlinkClient netlink, IReadOnlyCollection<string> names)
    {
        if (names.Count > FewLinks)
        {
            return new HostSnapshot(
                netlink.ListLinks(),
                netlink.ListAddresses(),
                netlink.ListRoutes(KernelFamily.Ipv4).Concat(netlink.ListRoutes(KernelFamily.Ipv6)));
        }

        List<LinkMessage> links = [.. names.Select(netlink.FindLink).OfType<LinkMessage>()];
        return new HostSnapshot(
            links,
            links.SelectMany(link => netlink.ListAddresses(link.Index)),
            links.SelectMany(link => netlink.ListRoutes(KernelFamily.Ipv4, link.Index)
                .Concat(netlink.ListRoutes(KernelFamily.Ipv6, link.Index))));
    }
}
