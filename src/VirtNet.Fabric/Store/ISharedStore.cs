namespace VirtNet.Fabric.Store;

/// <summary>
/// What all hosts of a fabric see alike: texts by key, changed by transactions, each of which raises the store's revision by one.
/// Calls fail with <see cref="StoreUnavailableException"/> where it cannot be asked, and then nothing is known of what they asked for:
/// a transaction may have been done.
/// </summary>
internal interface ISharedStore : IAsyncDisposable
{
    /// <summary>All entries whose keys begin so, in the order of keys, as the majority of the store's members has them now.</summary>
    Task<StoredRange> ReadAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Does all writes if all conditions hold, else nothing.</summary>
    Task<StoreOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Changes of entries whose keys begin so, from a revision on, in order; those of one revision together. Ends only by an exception:
    /// <see cref="StoreCompactedException"/> where that revision is no longer known, and all must be read anew.
    /// </summary>
    IAsyncEnumerable<StoreChanges> WatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken);

    /// <summary>Begins a lease: entries that are put with it go when it is not kept alive for that long.</summary>
    /// <returns>Its number.</returns>
    Task<long> GrantLeaseAsync(TimeSpan lifetime, CancellationToken cancellationToken);

    /// <returns>False when the lease has ended: what was put with it is gone.</returns>
    Task<bool> KeepAliveAsync(long lease, CancellationToken cancellationToken);

    /// <summary>Ends a lease, and its entries.</summary>
    Task RevokeLeaseAsync(long lease, CancellationToken cancellationToken);
}

/// <param name="ModRevision">The store's revision of its last change.</param>
internal sealed record StoredEntry(string Key, string Value, long ModRevision);

/// <param name="Revision">The store's when it was read.</param>
internal sealed record StoredRange(long Revision, IReadOnlyList<StoredEntry> Entries);

/// <summary>Entries that changed.</summary>
/// <param name="Removed">Keys.</param>
internal sealed record StoreChanges(long Revision, IReadOnlyList<StoredEntry> Put, IReadOnlyList<string> Removed);

/// <summary>What must hold of an entry.</summary>
internal abstract record StoreCondition(string Key)
{
    /// <summary>There is none.</summary>
    public sealed record Absent(string Key) : StoreCondition(Key);

    /// <summary>It is there, and was last changed by that revision; 0 = it is absent.</summary>
    public sealed record Unchanged(string Key, long ModRevision) : StoreCondition(Key);
}

/// <summary>A change of one entry.</summary>
internal abstract record StoreWrite(string Key)
{
    /// <param name="Lease">Whose end is its end; 0 = it stays.</param>
    public sealed record Put(string Key, string Value, long Lease = 0) : StoreWrite(Key);

    public sealed record Remove(string Key) : StoreWrite(Key);

    /// <summary>Of all entries whose keys begin so.</summary>
    public sealed record RemoveAll(string Key) : StoreWrite(Key);
}

internal sealed record StoreTransaction(IReadOnlyList<StoreCondition> Conditions, IReadOnlyList<StoreWrite> Writes)
{
    /// <summary>How many entries one may be about, with a few more beside: etcd takes at most 128 operations.</summary>
    public const int MaxEntries = 64;
}

/// <param name="Done">False: a condition did not hold.</param>
/// <param name="Revision">The store's, with this transaction.</param>
internal sealed record StoreOutcome(bool Done, long Revision);

/// <summary>The store cannot be asked: nobody answers, or those who do have no majority.</summary>
internal sealed class StoreUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The store no longer knows its revisions from some one on.</summary>
internal sealed class StoreCompactedException(long revision) : Exception($"the store has forgotten what was before revision {revision}");
