using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Tests.Fakes;

/// <summary>The shared store in memory, for several hosts at once; it can be away, and forget its past.</summary>
internal sealed class MemoryStore : ISharedStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (StoredEntry Entry, long Lease)> _entries = new(StringComparer.Ordinal);
    private readonly List<StoreChanges> _history = [];
    private readonly List<Channel<StoreChanges?>> _watchers = [];
    private readonly HashSet<long> _leases = [];
    private long _compacted;
    private long _nextLease = 1;
    private bool _isAway;

    public long Revision { get; private set; } = 1;

    public IReadOnlyDictionary<string, string> Values
    {
        get
        {
            lock (_lock)
            {
                return _entries.ToDictionary(entry => entry.Key, entry => entry.Value.Entry.Value);
            }
        }
    }

    /// <summary>Nobody is answered, and who watches is told so.</summary>
    public bool IsAway
    {
        get => _isAway;
        set
        {
            lock (_lock)
            {
                _isAway = value;
                if (value)
                {
                    _watchers.ForEach(watcher => watcher.Writer.TryWrite(null));
                    _watchers.Clear();
                }
            }
        }
    }

    /// <summary>What was before now can no longer be watched.</summary>
    public void Compact() => _compacted = Revision;

    public Task<StoredRange> ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Check();
            return Task.FromResult(new StoredRange(
                Revision, [.. _entries.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(entry => entry.Value.Entry)]));
        }
    }

    public Task<StoreOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Check();
            bool holds = transaction.Conditions.All(condition =>
                (_entries.TryGetValue(condition.Key, out var entry) ? entry.Entry.ModRevision : 0)
                == (condition is StoreCondition.Unchanged unchanged ? unchanged.ModRevision : 0));
            if (holds)
            {
                Write(transaction.Writes);
            }

            return Task.FromResult(new StoreOutcome(holds, Revision));
        }
    }

    public async IAsyncEnumerable<StoreChanges> WatchAsync(
        string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<StoreChanges?> channel = Channel.CreateUnbounded<StoreChanges?>();
        lock (_lock)
        {
            Check();
            if (fromRevision <= _compacted)
            {
                throw new StoreCompactedException(_compacted);
            }

            foreach (StoreChanges changes in _history.Where(changes => changes.Revision >= fromRevision))
            {
                channel.Writer.TryWrite(changes);
            }

            _watchers.Add(channel);
        }

        await foreach (StoreChanges? changes in channel.Reader.ReadAllAsync(cancellationToken))
        {
            yield return changes ?? throw new StoreUnavailableException("the store is away");
        }
    }

    public Task<long> GrantLeaseAsync(TimeSpan lifetime, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Check();
            _leases.Add(_nextLease);
            return Task.FromResult(_nextLease++);
        }
    }

    public Task<bool> KeepAliveAsync(long lease, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Check();
            return Task.FromResult(_leases.Contains(lease));
        }
    }

    /// <summary>Also what happens when nobody keeps it alive.</summary>
    public Task RevokeLeaseAsync(long lease, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Check();
            _leases.Remove(lease);
            Write([.. _entries.Where(entry => entry.Value.Lease == lease && lease != 0).Select(entry => new StoreWrite.Remove(entry.Key))]);
            return Task.CompletedTask;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Check()
    {
        if (_isAway)
        {
            throw new StoreUnavailableException("the store is away");
        }
    }

    private void Write(IReadOnlyList<StoreWrite> writes)
    {
        Revision++;
        List<StoredEntry> put = [];
        List<string> removed = [];
        foreach (StoreWrite write in writes)
        {
            switch (write)
            {
                case StoreWrite.Put entry:
                    StoredEntry stored = new(entry.Key, entry.Value, Revision);
                    _entries[entry.Key] = (stored, entry.Lease);
                    put.Add(stored);
                    break;
                default:
                    string[] keys = write is StoreWrite.RemoveAll
                        ? [.. _entries.Keys.Where(key => key.StartsWith(write.Key, StringComparison.Ordinal))]
                        : [write.Key];
                    removed.AddRange(keys.Where(_entries.Remove));
                    break;
            }
        }

        StoreChanges changes = new(Revision, put, removed);
        _history.Add(changes);
        _watchers.ForEach(watcher => watcher.Writer.TryWrite(changes));
    }
}
