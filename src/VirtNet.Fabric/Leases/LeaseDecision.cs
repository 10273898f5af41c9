using VirtNet.Fabric.Sharing;

namespace VirtNet.Fabric.Leases;

/// <summary>What to do about one address of a network, from what this host's guests have and what the fabric has.</summary>
internal abstract record LeaseDecision
{
    private LeaseDecision()
    {
    }

    /// <summary>The fabric knows all that is to be known, and so does this host.</summary>
    public sealed record Nothing : LeaseDecision;

    /// <summary>The fabric is to have this host's lease in place of what it had by that revision; 0 = nothing.</summary>
    public sealed record Write(FabricLease Lease, long Before) : LeaseDecision;

    /// <summary>It ended here: when the fabric knows, the address is free again on this host. 0 = the fabric never had it.</summary>
    public sealed record Release(long Before) : LeaseDecision;

    /// <summary>This host is to know what another one has.</summary>
    public sealed record Tell(FabricLease Lease) : LeaseDecision;

    /// <summary>This host is to keep the address for the client that had it here, of whom it has no lease any more.</summary>
    public sealed record Keep(FabricLease Lease) : LeaseDecision;

    /// <summary>Two hosts gave one address to two clients.</summary>
    public sealed record Clash(FabricLease Theirs) : LeaseDecision;

    /// <param name="here">This host's lease; null = it has none.</param>
    /// <param name="hasEnded">It had one, and says that it ended.</param>
    /// <param name="there">What the fabric has.</param>
    /// <param name="self">This host.</param>
    /// <param name="now">Unix seconds.</param>
    public static LeaseDecision Decide(LocalLease? here, bool hasEnded, StoredLease? there, string self, long now) => (here, there) switch
    {
        (null, null) => hasEnded ? new Release(0) : new Nothing(),
        (null, { Lease.Host: var host }) when host != self => new Tell(there.Lease),
        (null, not null) => hasEnded || HasPassed(there.Lease, now) ? new Release(there.ModRevision) : new Keep(there.Lease),
        (not null, null) => new Write(here.Lease, 0),
        (not null, { Lease.Host: var host }) when host == self =>
            Differs(here.Lease, there.Lease) || IsStale(here.Lease, there.Lease, now) ? new Write(here.Lease, there.ModRevision) : new Nothing(),
        (not null, not null) when !here.Lease.IsOfSameClient(there.Lease) =>
            HasPassed(there.Lease, now) ? new Write(here.Lease, there.ModRevision) : new Clash(there.Lease),

        // The guest moved: to here, if that is what happened last, else away.
        _ => here.IsNew || EndOf(here.Lease) > EndOf(there.Lease) ? new Write(here.Lease, there.ModRevision) : new Tell(there.Lease),
    };

    private static bool Differs(FabricLease here, FabricLease there) => here with { Expires = there.Expires } != there;

    /// <summary>
    /// Whether the fabric is to learn that it was prolonged: when less than half of its time is left there. So not every renewal is
    /// written, and what is known on other hosts ends soon after the lease if this host is gone.
    /// </summary>
    private static bool IsStale(FabricLease here, FabricLease there, long now) =>
        EndOf(here) != EndOf(there) && (here.Expires == 0 || there.Expires == 0 || (there.Expires - now) * 2 < here.Expires - now);

    private static bool HasPassed(FabricLease lease, long now) => lease.Expires != 0 && lease.Expires <= now;

    private static long EndOf(FabricLease lease) => lease.Expires == 0 ? long.MaxValue : lease.Expires;
}

/// <summary>A lease of this host.</summary>
/// <param name="IsNew">It was given, or prolonged, since this program last looked at it.</param>
internal sealed record LocalLease(FabricLease Lease, bool IsNew);
