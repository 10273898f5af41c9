namespace VirtNet.Fabric.Sharing;

/// <summary>An address that a guest of a member has, as the shared store has it.</summary>
/// <param name="ClientId">IPv4: option 61; IPv6: the DUID.</param>
/// <param name="Iaid">IPv6 only.</param>
/// <param name="Name">What the guest is called, if it may be called so.</param>
/// <param name="Host">The member whose guest it is.</param>
/// <param name="Expires">Unix seconds, as of when it was written: it is prolonged more often than it is written. 0 = never.</param>
internal sealed record FabricLease(string? Mac, string? ClientId, string? Iaid, string? Name, string Host, long Expires)
{
    /// <summary>Whether both are of one client.</summary>
    public bool IsOfSameClient(FabricLease other) => ClientId is not null && other.ClientId is not null
        ? ClientId == other.ClientId && Iaid == other.Iaid
        : Mac is not null && Mac == other.Mac;
}

/// <summary>Such an entry, and the store's revision that changed it last.</summary>
internal sealed record StoredLease(FabricLease Lease, long ModRevision);
