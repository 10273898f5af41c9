namespace VirtNet.Services.Leases;

/// <summary>Work that must not happen before leases are on disk, such as telling clients of them.</summary>
internal interface ICommitWaiter
{
    /// <summary>
    /// Everything up to this commit is on disk, or cannot be written now, which is then known and logged: service goes on.
    /// Runs on the writer's thread.
    /// </summary>
    /// <param name="commit">As <see cref="LeaseWriter.WhenCommitted"/> gave it, or a later one.</param>
    void OnCommitted(long commit);
}
