namespace VirtNet.Services.Leases;

/// <summary>Under what a lease is stored.</summary>
internal readonly record struct LeaseId(Guid Network, AddressKey Address)
{
    public static LeaseId Of(Lease lease) => new(lease.Network, AddressKey.Of(lease.Address));
}
