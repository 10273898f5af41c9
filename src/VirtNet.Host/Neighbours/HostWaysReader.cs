using System.Net;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Neighbours;

/// <summary>Reads which way packets take on this host.</summary>
internal static class HostWaysReader
{
    private const string BridgedFlag = "net/bridge/bridge-nf-call-iptables";

    public static HostWays Read()
    {
        using RtnetlinkClient netlink = new();
        Lazy<List<LinkMessage>> links = new(ListLinks); // few firewalls speak of ports, or of kinds of links
        Lazy<ILookup<string, string>> ports = new(() => Ports(links.Value));
        Lazy<Dictionary<string, LinkTraits>> traits = new(() => links.Value
            .ToDictionary(link => link.Name, link => new LinkTraits(link.Kind, link.Group)));
        return new HostWays(
            Uplink(netlink, SamplePackets.Outside4), Uplink(netlink, SamplePackets.Outside6),
            SysctlChanges.Read(BridgedFlag) == "1", bridge => ports.Value[bridge])
        {
            Links = name => traits.Value.GetValueOrDefault(name),
        };
    }

    private static List<LinkMessage> ListLinks()
    {
        using RtnetlinkClient netlink = new();
        return netlink.ListLinks();
    }

    /// <summary>The ports of each bridge.</summary>
    private static ILookup<string, string> Ports(List<LinkMessage> links)
    {
        Dictionary<int, string> names = links.ToDictionary(link => link.Index, link => link.Name);
        return links.Where(link => names.ContainsKey(link.Master)).ToLookup(link => names[link.Master], link => link.Name);
    }

    /// <summary>Asks the kernel for the way to an address outside; nothing is sent.</summary>
    private static string? Uplink(RtnetlinkClient netlink, IPAddress outside)
    {
        try
        {
            return netlink.FindWay(outside) is { Link: not 0 } way ? netlink.FindLink(way.Link)?.Name : null;
        }
        catch (VirtNetException)
        {
            return null; // no way out, or no such protocol
        }
    }
}
