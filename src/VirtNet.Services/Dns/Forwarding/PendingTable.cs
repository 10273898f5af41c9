using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// All questions under way: found by what they ask and by the ids of their datagrams. Where there are too many, the network
/// that has most gives way, and in it the client that has most.
/// </summary>
internal sealed class PendingTable
{
    private const int BucketCount = 4096;
    private const int MaxSpares = 256;

    /// <summary>With half of all ids in use, one question in four thousand millions finds none.</summary>
    private const int MaxIdTries = 32;

    private readonly PendingQuery?[] _buckets = new PendingQuery?[BucketCount];
    private readonly Dictionary<ushort, PendingQuery> _byId = [];
    private readonly List<PendingQuery> _active = [];
    private readonly Stack<PendingQuery> _spares = [];
    private readonly Holders<NetworkShare> _networks = new();

    public int Count => _active.Count;

    /// <summary>Whether a client waits for any of them; none does for those that refresh or find out.</summary>
    public bool AnyClientWaits => _active.Exists(static query => query.Clients.Count > 0);

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

    /// <summary>The question that gives way to one more of this client, or null if there is room.</summary>
    public PendingQuery? Displaced(NetworkShare network, NetAddress asker, ForwarderOptions options)
    {
        if (network.Held < options.MaxPendingPerNetwork)
        {
            if (Count < options.MaxPending)
            {
                return null;
            }

            NetworkShare largest = _networks.Largest!;
            if (largest.Held > network.Held)
            {
                return largest.Clients.Largest!.Queries.First!.Value;
            }
        }

        ClientShare first = network.Clients.Largest!;
        ClientShare client = network.FindClient(asker) is { } own && own.Held >= first.Held ? own : first;
        return client.Queries.First!.Value;
    }

    public PendingQuery Start(in DnsQuestion question, NetAddress asker, long now)
    {
        PendingQuery query = _spares.TryPop(out PendingQuery? spare) ? spare : new PendingQuery();
        query.Start(question, now);
        ref PendingQuery? bucket = ref _buckets[query.Hash % BucketCount];
        query.NextInBucket = bucket;
        bucket = query;
        query.Index = _active.Count;
        _active.Add(query);
        question.Network.Add(query, asker);
        _networks.Grow(question.Network);
        return query;
    }

    /// <summary>An id that is not in use, or null if none was found: then there are far more questions than there should be.</summary>
    public ushort? FreeId(RandomSource random)
    {
        for (int i = 0; i < MaxIdTries; i++)
        {
            ushort id = random.NextUInt16();
            if (!_byId.ContainsKey(id))
            {
                return id;
            }
        }

        return null;
    }

    /// <summary>An id is the question's until the question has ended.</summary>
    public void AddId(ushort id, PendingQuery query) => _byId.Add(id, query);

    public void End(PendingQuery query)
    {
        foreach (PendingQuery.Attempt attempt in query.Attempts)
        {
            if (attempt.Id is { } id)
            {
                _byId.Remove(id);
            }
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
        query.Network.Remove(query);
        _networks.Shrink(query.Network);
        query.End();
        if (_spares.Count < MaxSpares)
        {
            _spares.Push(query);
        }
    }
}
