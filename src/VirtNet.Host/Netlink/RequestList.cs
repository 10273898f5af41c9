using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>Small requests about links and neighbours, sent together.</summary>
internal sealed class RequestList
{
    private const int BytesForRequest = 80;

    private readonly List<Writer> _requests = [];

    public delegate void Writer(ref NetlinkWriter writer);

    public void Add(Writer request) => _requests.Add(request);

    /// <returns>For each request, in their order, 0 or the number of its error.</returns>
    public int[] Execute(RtnetlinkClient netlink)
    {
        NetlinkWriter batch = new(new byte[_requests.Count * BytesForRequest]);
        foreach (Writer write in _requests)
        {
            write(ref batch);
        }

        return netlink.Execute(batch);
    }
}
