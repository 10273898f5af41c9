namespace VirtNet.Services.Leases;

/// <summary>Work that must not happen before leases are on disk, such as telling clients of them.</summary>
internal interface ICommitWaiter
{
    /// <summary>
    /// Everything that was changed before the waiter was queued is on disk, or cannot be written now, which is then known
    /// and logged: service goes on. Runs on the writer's thread.
    /// </summary>
    void OnCommitted();
}
