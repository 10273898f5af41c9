using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Flows;

/// <summary>By which interfaces the host reaches what is outside. Asking costs the same however many networks and routes there are.</summary>
internal static class FlowUplinks
{
    private const string Loopback = "lo";

    /// <summary>Addresses that are reached by the default routes; nothing is sent there.</summary>
    private static readonly IPAddress[] s_outside = [IPAddress.Parse("9.9.9.9"), IPAddress.Parse("2620:fe::fe")];

    /// <summary>The interfaces by which a network's connections may leave, with their indexes.</summary>
    /// <param name="device">The only one that its definition allows; null = whatever has the default routes.</param>
    public static IReadOnlyDictionary<string, int> Of(string? device)
    {
        using RtnetlinkClient netlink = new();
        return (device is null ? s_outside.Select(outside => Ask(() => Way(netlink, outside))) : [Ask(() => netlink.FindLink(device))])
            .OfType<LinkMessage>().Where(IsOutside)
            .DistinctBy(link => link.Name).ToDictionary(link => link.Name, link => link.Index);
    }

    /// <summary>A network's bridge is none, even where it has the default route.</summary>
    private static bool IsOutside(LinkMessage link) =>
        link.Name != Loopback && BridgeLink.MarkIn(link.Alias) is null && InterfaceNames.IsSafe(link.Name);

    private static LinkMessage? Way(RtnetlinkClient netlink, IPAddress outside) =>
        netlink.FindWay(outside) is { Link: not 0 } way ? netlink.FindLink(way.Link) : null;

    private static LinkMessage? Ask(Func<LinkMessage?> question)
    {
        try
        {
            return question();
        }
        catch (VirtNetException)
        {
            return null; // no way out, or no such protocol
        }
    }
}
