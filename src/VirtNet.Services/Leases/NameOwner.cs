using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Leases;

/// <summary>A lease as one of those that have a name, with what tells it from the others.</summary>
/// <param name="Duid">Of an IPv6 client.</param>
/// <param name="Port">Behind which port of the bridge its client is; <see cref="GuestPort.Unknown"/> for one of another host.</param>
/// <param name="Rank">Of several the one with the highest owns the name.</param>
internal sealed record NameOwner(AddressKey Address, MacAddress? Mac, string? Duid, int Port, long Rank)
{
    public static Comparer<NameOwner> ByRank { get; } = Comparer<NameOwner>.Create((one, other) =>
        one.Rank.CompareTo(other.Rank) is not 0 and int order ? order : one.Address.Value.CompareTo(other.Address.Value));

    public static NameOwner Of(AddressKey address, Lease lease, int port, long rank) =>
        new(address, lease.Mac, lease.Iaid is null ? null : lease.ClientId, port, rank);
}

/// <summary>Who may have several leases: of both families, or under another client id while it boots.</summary>
/// <param name="Mac">As far as it is known.</param>
/// <param name="Duid">Of an IPv6 client.</param>
internal readonly record struct Machine(MacAddress? Mac, string? Duid)
{
    public bool Has(NameOwner owner) => (Mac is not null && owner.Mac == Mac) || (Duid is not null && owner.Duid == Duid);
}
