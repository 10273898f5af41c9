using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;

namespace VirtNet.Services.Networks;

/// <summary>What other hosts are said to have is taken for what it says only as far as it could be true in this network.</summary>
internal static class SharedLeaseCheck
{
    /// <summary>Without what cannot be a lease of this network, and without names that its client may not have.</summary>
    public static HeldLeasesUpdate Sift(NetworkDefinition network, HeldLeasesUpdate update)
    {
        ReservedNames reserved = ReservedNames.Of(network);
        return update with
        {
            Put =
            [
                .. update.Put.Select(held => held with { Lease = Named(held.Lease, reserved) })
                    .Where(held => ForeignLeases.Objection(network, held.Lease) is null),
            ],
        };
    }

    private static Lease Named(Lease lease, ReservedNames reserved) =>
        lease.HostName is { } name
            && (!HostNames.TryRead(name, out string? label) || label != name || NameClaims.IsSpecial(name)
                || reserved.IsForAnother(name, lease.Mac, lease.Iaid is null ? null : lease.ClientId))
            ? lease with { HostName = null }
            : lease;
}
