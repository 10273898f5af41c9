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

            bool[] gone = there.Count > 1 ? RemoveTogether([.. there.Select(one => one.Link)]) : [.. there.Select(_ => false)];
            foreach (((BridgeRemoval removal, LinkMessage link), bool isGone) in there.Zip(gone))
            {
                removal.Result.TrySetResult(isGone ? 0 : RemoveAlone(link, wasGrouped: there.Count > 1));
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

    /// <returns>Which of them are gone.</returns>
    private bool[] RemoveTogether(LinkMessage[] links)
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
            return new bool[links.Length];
        }

        return [.. results[..^1].Select(errno => errno is 0 or LinkErrors.NoSuchDevice)];
    }

    private int RemoveAlone(LinkMessage link, bool wasGrouped)
    {
        NetlinkWriter writer = new(stackalloc byte[BytesForMessage]);
        LinkRequests.WriteDelete(ref writer, link.Index);
        int errno = netlink.Execute(writer)[0];
        if (wasGrouped && errno is not (0 or LinkErrors.NoSuchDevice))
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
