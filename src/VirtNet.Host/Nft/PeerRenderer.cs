using VirtNet.Host.Firewall;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Nft;

/// <summary>Renders whom of other networks a network lets in, as elements.</summary>
internal static class PeerRenderer
{
    public static IEnumerable<NftElement> Elements(FirewallRules rules) => rules.Peers
        .GroupBy(peer => (peer.Bridge, peer.Protocol))
        .SelectMany(peers => peers.Key.Protocol is { } protocol
            ? Opened(rules.Bridge, peers.Key.Bridge, protocol, [.. peers.SelectMany(peer => peer.Opened)])
            : [NftElement.Of(PeerSets.Everything, rules.Bridge, peers.Key.Bridge)])
        .Concat(rules.Peers.Select(peer => NftElement.Of(PeerSets.Pairs, rules.Bridge, peer.Bridge)))
        .Distinct();

    private static IEnumerable<NftElement> Opened(string to, string from, PublishedProtocol protocol, PortRange[] ports) =>
        Joined(ports).Select(range => range.IsSingle
            ? NftElement.Of(PeerSets.Port, to, from, protocol, range.First)
            : NftElement.Of(PeerSets.Range, to, from, protocol, range.First).Until(to, from, protocol, range.Last));

    /// <summary>The kernel takes no ranges that overlap.</summary>
    private static List<PortRange> Joined(PortRange[] ports)
    {
        List<PortRange> joined = [];
        foreach (PortRange range in ports.OrderBy(range => range.First))
        {
            if (joined.Count > 0 && joined[^1].Overlaps(range))
            {
                joined[^1] = new PortRange(joined[^1].First, Math.Max(joined[^1].Last, range.Last));
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }
}
