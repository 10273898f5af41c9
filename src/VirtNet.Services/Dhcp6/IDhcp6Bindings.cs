using VirtNet.Services.Leases;

namespace VirtNet.Services.Dhcp6;

/// <summary>What is known about addresses and clients when a message is decided on. Reading only.</summary>
internal interface IDhcp6Bindings
{
    Lease? FindByClient(in Dhcp6Client client);

    Lease? FindByAddress(AddressKey address);

    /// <summary>Whether a client said lately that some other machine uses the address.</summary>
    bool IsBlocked(AddressKey address);

    bool IsOfferedToOther(AddressKey address, in Dhcp6Client client);

    /// <summary>
    /// An address of the ranges for a client that has none; null if all are in use. The same one each time as long as it
    /// is free.
    /// </summary>
    /// <param name="taken">Addresses that are on their way to the same machine's other interfaces.</param>
    AddressKey? FindFree(in Dhcp6Client client, IReadOnlyCollection<AddressKey> taken);
}
