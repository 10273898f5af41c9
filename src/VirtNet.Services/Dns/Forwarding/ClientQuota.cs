namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// The questions that one network's guests have under way, oldest first. Each network has its own bound, so that a guest
/// that floods takes nothing from other networks.
/// </summary>
internal sealed class ClientQuota(int limit)
{
    private readonly LinkedList<PendingQuery> _queries = [];

    public bool IsFull => _queries.Count >= limit;

    public int Count => _queries.Count;

    public PendingQuery? Oldest => _queries.First?.Value;

    public void Add(PendingQuery query) => _queries.AddLast(query.QuotaNode);

    public void Remove(PendingQuery query) => _queries.Remove(query.QuotaNode);
}
