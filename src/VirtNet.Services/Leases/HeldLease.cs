using System.Net;

namespace VirtNet.Services.Leases;

/// <summary>
/// A lease that this host has not, and whose address it gives to nobody but that client: one of another host of the same network,
/// or one that ended here while the others may not know yet.
/// </summary>
/// <param name="Host">The other host's name; null = it ended here.</param>
public sealed record HeldLease(Lease Lease, string? Host)
{
    /// <summary>This host's lease of the same client, by its end, that this one takes the place of; null = none, or it is not stored.</summary>
    public Replaced? Replaces { get; init; }
}

/// <summary>Which lease is meant: one that was prolonged since is another one.</summary>
/// <param name="Expires">Null = it was infinite.</param>
public sealed record Replaced(DateTimeOffset? Expires);

/// <summary>What a network's other hosts have, as this host is told.</summary>
/// <param name="Host">What this host is called among them; null = the network is no longer shared, and nothing is held any more.</param>
/// <param name="IsAll">What was told before of other hosts and is not among this has ended.</param>
/// <param name="Put">Held from now on. Where this host has a lease that it does not replace, that stays.</param>
/// <param name="Removed">Addresses that are free again.</param>
public sealed record HeldLeasesUpdate(string? Host, bool IsAll, IReadOnlyList<HeldLease> Put, IReadOnlyList<IPAddress> Removed);

/// <summary>What is held in a network.</summary>
/// <param name="Host">What this host is called among those that share it; null = it is shared with nobody.</param>
public sealed record HeldLeases(string? Host, IReadOnlyList<HeldLease> Leases)
{
    /// <summary>Leases of other hosts' guests, which have not come here.</summary>
    public IEnumerable<Lease> OfOthers() => Leases.Where(held => held.Host is not null).Select(held => held.Lease);

    public static HeldLeases None { get; } = new(Host: null, []);
}
