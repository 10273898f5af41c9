using System.Collections.Concurrent;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Link;

/// <summary>
/// Tells virtnet's own bridges from those of others: by the mark that their alias bears, or their group while they have none
/// yet, and, where somebody took it off, by the index of a link that bore it. Thread-safe.
/// </summary>
internal sealed class OwnBridges
{
    private readonly RtnetlinkClient _netlink;
    private readonly ConcurrentDictionary<Guid, int> _indexes = [];
    private readonly ConcurrentDictionary<Guid, int> _recorded = [];

    /// <summary>Looks at all links once; from then on what the kernel announces is to be passed on.</summary>
    public OwnBridges(RtnetlinkClient netlink)
    {
        _netlink = netlink;
        netlink.ListLinks().ForEach(Heard);
    }

    /// <summary>Whether a link is the bridge of this network.</summary>
    public bool IsOurs(LinkMessage link, Guid owner) =>
        link.Kind == BridgeOptions.Kind && (BridgeLink.OwnerOf(link) is { } marked
            ? marked == owner
            : BridgeLink.IsUnfinished(link, owner) || (_indexes.TryGetValue(owner, out int index) && index == link.Index));

    /// <summary>Where the bridge of a network is, and what stands in its place. Asks the kernel about one or two links.</summary>
    public OwnBridge Find(string name, Guid owner)
    {
        LinkMessage? named = _netlink.FindLink(name);
        if (named is not null && IsOurs(named, owner))
        {
            _indexes[owner] = named.Index;
            return new OwnBridge(name, named, Stranger: null);
        }

        LinkMessage? strayed = _indexes.TryGetValue(owner, out int index) ? _netlink.FindLink(index) : null;
        return new OwnBridge(name, strayed is not null && IsOurs(strayed, owner) ? strayed : null, named)
        {
            Disowned = named is { Kind: BridgeOptions.Kind } && (named.Index == index || _recorded.GetValueOrDefault(owner) == named.Index)
                ? named : null,
        };
    }

    /// <summary>All that bear a network's mark.</summary>
    public IReadOnlyDictionary<Guid, string> List()
    {
        Dictionary<Guid, string> marked = [];
        foreach (LinkMessage link in _netlink.ListLinks())
        {
            if (BridgeLink.OwnerOf(link) is { } owner)
            {
                marked[owner] = link.Name;
            }
        }

        return marked;
    }

    /// <summary>A bridge was made for a network, and does not bear its mark yet.</summary>
    public void Made(LinkMessage link, Guid owner) => _indexes[owner] = link.Index;

    /// <summary>A former daemon had this bridge for a network. That makes it nobody's now, but not a stranger either.</summary>
    public void Recall(Guid owner, int index) => _recorded[owner] = index;

    /// <summary>The kernel told of a link.</summary>
    public void Heard(LinkMessage link)
    {
        if (BridgeLink.OwnerOf(link) is { } owner)
        {
            _indexes[owner] = link.Index;
        }
    }

    /// <summary>The kernel told that a network's bridge is gone.</summary>
    public void Gone(LinkMessage link, Guid owner)
    {
        _indexes.TryRemove(new(owner, link.Index));
        _recorded.TryRemove(new(owner, link.Index));
    }
}

/// <summary>The bridge of a network, as it was found.</summary>
/// <param name="Name">The name that it shall have.</param>
/// <param name="Link">The bridge, whatever its name is now; null = there is none.</param>
/// <param name="Stranger">A link of somebody else's that has the name.</param>
internal sealed record OwnBridge(string Name, LinkMessage? Link, LinkMessage? Stranger)
{
    /// <summary>The stranger, where it is the bridge that the network had: somebody took its mark off it, or put another one on.</summary>
    public LinkMessage? Disowned { get; init; }

    /// <summary>It is there, under another name.</summary>
    public bool HasStrayed => Link is not null && Link.Name != Name;

    public BridgeStanding Standing => (Link, Stranger) switch
    {
        (null, null) => BridgeStanding.Absent,
        (null, _) => BridgeStanding.Lost,
        (_, null) => BridgeStanding.InPlace,
        _ => BridgeStanding.Strayed,
    };
}
