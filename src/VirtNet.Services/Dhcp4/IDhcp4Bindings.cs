using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>What is known about addresses and clients when a message is decided on. Reading only.</summary>
internal interface IDhcp4Bindings
{
    /// <summary>
    /// Whom the sender of a message counts as: a machine that sends the client id of a guest that runs elsewhere is known by its
    /// MAC alone, and so is one whose ids do not count by the lines of the network.
    /// </summary>
    ClientKey Identify(in Dhcp4Message message);

    Lease? FindByClient(in ClientKey client);

    Lease? FindByAddress(uint address);

    /// <summary>
    /// Whether an address may be used by this client as far as is known: it was not declined lately, no other machine
    /// answered for it, and it is held for nobody else.
    /// </summary>
    bool IsUsable(uint address, in ClientKey client);

    /// <summary>What another host of the network has at an address, or what ended here and may not be free yet.</summary>
    HeldLease? FindHeld(uint address);

    /// <summary>The same for a client.</summary>
    HeldLease? FindHeldOf(in ClientKey client);

    /// <summary>Whether other hosts give out addresses of this network, too.</summary>
    bool IsShared { get; }

    /// <summary>Whether what other hosts have is known as it is now.</summary>
    bool IsLinked { get; }

    /// <summary>Whether the address was offered to another client a moment ago.</summary>
    bool IsOfferedToOther(uint address, in ClientKey client);

    /// <summary>
    /// An address of the ranges for a client that has none; null if all are in use. The same one each time as long as it
    /// is free.
    /// </summary>
    /// <param name="tags">Its tags, which ranges may ask for.</param>
    uint? FindFree(in ClientKey client, TagSet tags);

    /// <summary>Why this client may not be called so; null if it may.</summary>
    /// <param name="own">Its lease.</param>
    NameRefusal? RefuseName(string name, in ClientKey client, Lease? own);
}
