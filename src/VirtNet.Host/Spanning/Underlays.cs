using System.Globalization;
using System.Net;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Spanning;

/// <summary>By what this host reaches the other hosts of a network that spans them.</summary>
internal sealed class Underlays(RtnetlinkClient netlink)
{
    /// <param name="host">The address of this host among those.</param>
    /// <param name="hosts">All hosts of the network.</param>
    /// <returns>The way with the smallest MTU; null = the interface has just gone.</returns>
    public HostUnderlay? Find(IPAddress host, IEnumerable<IPAddress> hosts)
    {
        // The address may be one of the loopback interface: what counts is by which the others are reached.
        IEnumerable<int> ways = hosts.Where(other => !other.Equals(host)).Select(netlink.FindWay).OfType<RouteMessage>()
            .Select(way => way.Link).Distinct();
        LinkMessage? narrowest =
            ways.DefaultIfEmpty(netlink.FindOwner(host)).Select(netlink.FindLink).OfType<LinkMessage>().MinBy(link => link.Mtu);
        return narrowest is null ? null : new HostUnderlay(host, narrowest.Name, narrowest.Mtu)
        {
            DropsAnswers = DropsOtherWays(narrowest.Name),
        };
    }

    /// <summary>The larger of the interface's setting and that of all counts (rp_filter, RFC 3704); 1 is the strict one.</summary>
    private static bool DropsOtherWays(string device) =>
        new[] { "all", device }.Max(name => int.TryParse(
            SysctlChanges.Read($"net/ipv4/conf/{name}/rp_filter"), CultureInfo.InvariantCulture, out int value) ? value : 0) == 1;
}
