using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>Small requests about links and neighbours, sent in as few messages as there is room for answers.</summary>
internal sealed class RequestList
{
    private const int BytesForRequest = 80;
    private const int AtOnce = 256; // answers that the socket has room for

    private readonly List<Writer> _requests = [];

    public delegate void Writer(ref NetlinkWriter writer);

    public void Add(Writer request) => _requests.Add(request);

    /// <returns>For each request, in their order, 0 or the number of its error.</returns>
    public int[] Execute(RtnetlinkClient netlink)
    {
        List<int> results = new(_requests.Count);
        foreach (Writer[] some in _requests.Chunk(AtOnce))
        {
            NetlinkWriter batch = new(new byte[some.Length * BytesForRequest]);
            foreach (Writer write in some)
            {
                write(ref batch);
            }

            results.AddRange(netlink.Execute(batch));
        }

        return [.. results];
    }
}
