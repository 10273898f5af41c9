namespace VirtNet.Services.Leases;

/// <summary>Under what a lease is stored.</summary>
internal readonly record struct LeaseId(Guid Network, AddressKey Address);
