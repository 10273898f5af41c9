namespace VirtNet.Services.Leases;

/// <summary>A lease with what is stored beside it.</summary>
/// <param name="Duration">
/// How long the lease was given for; null = infinite. An expiry further away than this shows that the clock was set back.
/// </param>
/// <param name="NameRank">Grows with each lease that takes a name: of two with one name the higher rank owns it.</param>
internal sealed record LeaseRow(Lease Lease, TimeSpan? Duration, long NameRank)
{
    /// <summary>Null = this host's lease; empty = it ended here and is held; else whose it is. See <see cref="HeldLease"/>.</summary>
    public string? Holder { get; init; }
}
