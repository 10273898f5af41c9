using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Link;

/// <summary>
/// Removes several bridges in one request: the kernel removes what is in a group of links. The group is one that no other link
/// of the host is in. What cannot be removed so is removed alone, so that each bridge fails by itself.
/// </summary>
/// <param name="random">Chooses a number.</param>
internal sealed class BridgeRemover(RtnetlinkClient netlink, OwnBridges own, Func<uint> random, TimeProvider time)
{
    /// <summary>For so long a number that was found free is not looked for again; chosen at random, it is nobody's.</summary>
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(10);

    private const int BytesForMessage = 64;

    private uint _free;
    private long _looked;

    /// <summary>Removes those that are their networks'; each is told its result.</summary>
    public void Remove(IReadOnlyList<BridgeRemoval> group)
    {
        try
        {
            List<(BridgeRemoval Removal, LinkMessage Link)> there = [];
            foreach (BridgeRemoval removal in group)
            {
                if (netlink.FindLink(removal.Index) is { } link && own.IsOurs(link, removal.Owner))
                {
                    there.Add((removal, link));
                }
                else
                {
                    removal.Result.TrySetResult(LinkErrors.NoSuchDevice);
                }
            }

            // One whose making was cut short bears its network's mark by its group alone, and keeps that until it is gone.
            LinkMessage[] together = [.. there.Select(one => one.Link).Where(link => BridgeLink.OwnerOf(link) is not null)];
            HashSet<int> gone = together.Length > 1 ? RemoveTogether(together) : [];
            foreach ((BridgeRemoval removal, LinkMessage link) in there)
            {
                removal.Result.TrySetResult(gone.Contains(link.Index) ? 0 : RemoveAlone(link));
            }
        }
        catch (Exception e)
        {
            foreach (BridgeRemoval removal in group)
            {
                removal.Result.TrySetException(e);
            }
        }
    }

    /// <returns>Those that are gone, by index.</returns>
    private HashSet<int> RemoveTogether(LinkMessage[] links)
    {
        uint number = FreeGroup();
        NetlinkWriter writer = new(new byte[(links.Length + 1) * BytesForMessage]);
        foreach (LinkMessage link in links)
        {
            LinkRequests.WriteGroup(ref writer, link.Index, number);
        }

        LinkRequests.WriteDeleteGroup(ref writer, number);
        int[] results = netlink.Execute(writer);
        if (results[^1] != 0)
        {
            _free = 0;
            return [];
        }

        return [.. links.Where((_, i) => results[i] is 0 or LinkErrors.NoSuchDevice).Select(link => link.Index)];
    }

    private int RemoveAlone(LinkMessage link)
    {
        NetlinkWriter writer = new(stackalloc byte[BytesForMessage]);
        LinkRequests.WriteDelete(ref writer, link.Index);
        int errno = netlink.Execute(writer)[0];
        if (errno is not (0 or LinkErrors.NoSuchDevice)) // it may have been put into another group before
        {
            NetlinkWriter back = new(stackalloc byte[BytesForMessage]);
            LinkRequests.WriteGroup(ref back, link.Index, link.Group);
            netlink.Execute(back);
        }

        return errno;
    }

    private uint FreeGroup()
    {
        if (_free == 0 || time.GetElapsedTime(_looked) > Trust)
        {
            HashSet<uint> used = [.. netlink.ListLinks().Select(link => link.Group)];
            do
            {
                _free = random();
            }
            while (_free == 0 || used.Contains(_free));
            _looked = time.GetTimestamp();
        }

        return _free;
    }
}
