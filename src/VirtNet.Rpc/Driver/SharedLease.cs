namespace VirtNet.Rpc.Driver;

/// <summary>A lease of a network that hosts share.</summary>
/// <param name="Host">Whose guest it is; null = this host's.</param>
/// <param name="HasEnded">This host's only: nobody has it any more, and its address is kept until the other hosts know.</param>
public sealed record SharedLease(DhcpLease Lease, string? Host, bool HasEnded = false)
{
    /// <summary>The end (in Unix seconds; 0 = none) of this host's lease of the same client that it takes the place of; null = it takes none's.</summary>
    public long? Replaces { get; init; }
}

/// <summary>The leases of all hosts of a network, as this host knows them.</summary>
/// <param name="Host">What this host is called among them; null = it shares the network with nobody.</param>
public sealed record SharedLeases(string? Host, IReadOnlyList<SharedLease> Leases);

/// <summary>What this host is told of the others' leases.</summary>
/// <param name="Host">What it is called among them; null = the network is shared no longer.</param>
/// <param name="IsAll">What it was told before of other hosts, and is not told now, has ended.</param>
/// <param name="Put">Of other hosts, or of this one what has ended and is to be kept.</param>
/// <param name="Removed">Addresses that are free again.</param>
/// <param name="Warning">What is to be known of the network on this host from now on; null = nothing.</param>
public sealed record LeaseSharing(
    string? Host, bool IsAll, IReadOnlyList<SharedLease> Put, IReadOnlyList<string> Removed, string? Warning);
