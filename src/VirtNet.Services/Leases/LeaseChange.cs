namespace VirtNet.Services.Leases;

/// <summary>What happened to a lease.</summary>
public enum LeaseEvent
{
    Added,

    /// <summary>Prolonged, or something about its client changed.</summary>
    Renewed,

    /// <summary>Given back, taken away, or replaced by a lease of another address or client.</summary>
    Released,
    Expired,
}

/// <summary>One change of a network's leases; for the last two the lease is the one that is gone.</summary>
public readonly record struct LeaseChange(LeaseEvent Event, Lease Lease);

/// <summary>
/// Is told of every change of a network's leases, in order, while the leases are locked: it must be quick and must not
/// change leases itself.
/// </summary>
public interface ILeaseObserver
{
    void OnChange(in LeaseChange change);
}
