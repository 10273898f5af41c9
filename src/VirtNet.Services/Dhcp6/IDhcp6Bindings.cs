using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;

namespace VirtNet.Services.Dhcp6;

/// <summary>What is known about addresses and clients when a message is decided on. Reading only.</summary>
internal interface IDhcp6Bindings
{
    /// <summary>
    /// Whom a client is known as: a machine that uses the DUID of another one which still runs (a copy) by its MAC, so that
    /// each has addresses of its own.
    /// </summary>
    Dhcp6Client Identify(in Dhcp6Client client, MacAddress? mac);

    Lease? FindByClient(in Dhcp6Client client);

    Lease? FindByAddress(AddressKey address);

    /// <summary>Whether another client has an address at another host of the network, or had it here and it may not be free yet.</summary>
    bool IsHeldForOther(AddressKey address, in Dhcp6Client client);

    /// <summary>Whether other hosts give out addresses of this network, too.</summary>
    bool IsShared { get; }

    /// <summary>Whether an address is another host's, as far as is known.</summary>
    bool IsOfOtherHost(AddressKey address);

    /// <summary>Whether it is this client that has, or had, it, and may have it here.</summary>
    bool IsHeldFor(AddressKey address, in Dhcp6Client client);

    /// <summary>Whether a client said lately that some other machine uses the address.</summary>
    bool IsBlocked(AddressKey address);

    bool IsOfferedToOther(AddressKey address, in Dhcp6Client client);

    /// <summary>
    /// An address of the ranges for a client that has none; null if all are in use. The same one each time as long as it
    /// is free.
    /// </summary>
    /// <param name="tags">What the client is like: ranges may be for certain clients.</param>
    /// <param name="taken">Addresses that are on their way to the same machine's other interfaces.</param>
    AddressKey? FindFree(in Dhcp6Client client, TagSet tags, IReadOnlyCollection<AddressKey> taken);

    /// <summary>Whether the few addresses that are left are kept for other ports of the bridge.</summary>
    bool AreKept(MacAddress? mac);

    /// <summary>Why this client may not be called so; null if it may.</summary>
    /// <param name="own">Its lease.</param>
    NameRefusal? RefuseName(string name, MacAddress? mac, string duid, Lease? own);
}
