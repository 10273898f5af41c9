using VirtNet.Services.Sockets;

namespace VirtNet.Services.Leases;

/// <summary>
/// What waits until leases are on disk, all of a loop's turn for the same commit; in the order in which it came. The loop's
/// thread only.
/// </summary>
/// <param name="release">Takes what need not wait any longer.</param>
internal sealed class CommitQueue<T>(DatagramLoop loop, LeaseStore store, Action<T> release) : ICommitWaiter
{
    private readonly List<T> _ofThisTurn = [];
    private readonly Queue<Entry> _waiting = new();
    private long _committed;

    public bool IsEmpty => _ofThisTurn.Count == 0 && _waiting.Count == 0;

    /// <summary>Adds what must not happen before the changes of leases made so far are on disk.</summary>
    public void Add(T item) => _ofThisTurn.Add(item);

    /// <summary>To be called at the end of each turn of the loop. Releases at once what nothing has to be written for.</summary>
    public void EndTurn()
    {
        if (_ofThisTurn.Count == 0)
        {
            return;
        }

        long commit = store.WhenCommitted(this);
        foreach (T item in _ofThisTurn)
        {
            _waiting.Enqueue(new Entry(item, commit));
        }

        _ofThisTurn.Clear();
        Release();
    }

    void ICommitWaiter.OnCommitted(long commit)
    {
        Volatile.Write(ref _committed, commit);
        loop.Post(Release);
    }

    private void Release()
    {
        long committed = Volatile.Read(ref _committed);
        while (_waiting.TryPeek(out Entry entry) && entry.Commit <= committed)
        {
            release(_waiting.Dequeue().Item);
        }
    }

    private readonly record struct Entry(T Item, long Commit);
}
