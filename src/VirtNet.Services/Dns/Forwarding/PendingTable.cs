namespace VirtNet.Services.Dns.Forwarding;

/// <summary>All questions under way: found by what they ask and by the ids of their datagrams.</summary>
internal sealed class PendingTable
{
    private const int BucketCount = 4096;
    private const int MaxSpares = 256;

    private readonly PendingQuery?[] _buckets = new PendingQuery?[BucketCount];
    private readonly Dictionary<ushort, PendingQuery> _byId = [];
    private readonly List<PendingQuery> _active = [];
    private readonly Stack<PendingQuery> _spares = [];

    public int Count => _active.Count;

    public PendingQuery this[int index] => _active[index];

    public PendingQuery? Find(in DnsQuestion question)
    {
        PendingQuery? query = _buckets[question.Hash % BucketCount];
        while (query is not null && !query.Is(question))
        {
            query = query.NextInBucket;
        }

        return query;
    }

    public PendingQuery? FindById(ushort id) => _byId.GetValueOrDefault(id);

    public PendingQuery Start(ClientQuota quota, in DnsQuestion question, long now)
    {
        PendingQuery query = _spares.TryPop(out PendingQuery? spare) ? spare : new PendingQuery();
        query.Start(quota, question, now);
        ref PendingQuery? bucket = ref _buckets[query.Hash % BucketCount];
        query.NextInBucket = bucket;
        bucket = query;
        query.Index = _active.Count;
        _active.Add(query);
        quota.Add(query);
        return query;
    }

    /// <summary>False if the id is in use.</summary>
    public bool TryAddId(ushort id, PendingQuery query) => _byId.TryAdd(id, query);

    public void End(PendingQuery query)
    {
        foreach (PendingQuery.Attempt attempt in query.Attempts)
        {
            _byId.Remove(attempt.Id);
        }

        ref PendingQuery? link = ref _buckets[query.Hash % BucketCount];
        if (link == query)
        {
            link = query.NextInBucket;
        }
        else
        {
            PendingQuery before = link!;
            while (before.NextInBucket != query)
            {
                before = before.NextInBucket!;
            }

            before.NextInBucket = query.NextInBucket;
        }

        query.NextInBucket = null;
        PendingQuery last = _active[^1];
        _active[query.Index] = last;
        last.Index = query.Index;
        _active.RemoveAt(_active.Count - 1);
        query.Quota.Remove(query);
        query.End();
        if (_spares.Count < MaxSpares)
        {
            _spares.Push(query);
        }
    }
}
