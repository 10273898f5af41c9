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
/// <param name="Before">What a renewed lease was until now.</param>
public readonly record struct LeaseChange(LeaseEvent Event, Lease Lease, Lease? Before = null)
{
    /// <summary>A renewal within the same second: all is as it was.</summary>
    public bool ChangesNothing => Before == Lease;

    /// <summary>A renewal that changed the end at most.</summary>
    public bool OnlyProlongs => Before is not null && Before with { Expires = Lease.Expires } == Lease;
}

/// <summary>
/// Is told of every change of a network's leases, in order, while the leases are locked: it must be quick and must not
/// change leases itself.
/// </summary>
public interface ILeaseObserver
{
    void OnChange(in LeaseChange change);

    /// <summary>What is held of an address of a network has changed, see <see cref="HeldLease"/>.</summary>
    void OnHeld(Guid network, AddressKey address)
    {
    }
}
