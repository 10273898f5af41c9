using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;

namespace VirtNet.Services.Dhcp4;

/// <summary>What to do about one message. Nothing here touches a socket, a clock or the store.</summary>
internal abstract record Dhcp4Decision
{
    private Dhcp4Decision()
    {
    }

    /// <summary>What the client is like, as far as that decides on what it gets; null where nothing depends on it.</summary>
    public TagSet? Tags { get; init; }

    /// <summary>The definition says to answer this client by broadcast.</summary>
    public bool IsBroadcast { get; init; }

    /// <summary>An address that is neither reserved nor leased: whether somebody uses it should be found out.</summary>
    public virtual uint? NewAddress => null;

    /// <param name="IsNew">See <see cref="NewAddress"/>.</param>
    public sealed record Offer(uint Address, uint Seconds, string? Name, bool IsNew) : Dhcp4Decision
    {
        public override uint? NewAddress => IsNew ? Address : null;

        public override string ToString() => $"offer {Subnet.FromUInt32(Address)} for {Seconds} s";
    }

    /// <param name="Before">Another lease of the same client, which ends with this one.</param>
    /// <param name="Renews">The client has the address already: it should not come back together with all others.</param>
    /// <param name="IsNew">See <see cref="NewAddress"/>.</param>
    public sealed record Acknowledge(Lease Lease, uint Seconds, string? Name, Lease? Before, bool Renews, bool IsNew)
        : Dhcp4Decision
    {
        /// <summary>The name that the client gave itself and does not get.</summary>
        public RefusedName? Refused { get; init; }

        public override uint? NewAddress => IsNew ? Subnet.ToUInt32(Lease.Address) : null;

        public override string ToString() => $"acknowledge {Lease.Address} for {Seconds} s as '{Lease.HostName}'";
    }

    /// <summary>To a BOOTP client, which has a reservation and no idea of lease times.</summary>
    public sealed record Boot(Lease Lease, uint Seconds, string? Name, Lease? Before) : Dhcp4Decision;

    /// <summary>To a client that has its address from elsewhere and wants the rest.</summary>
    public sealed record Inform(string? Name) : Dhcp4Decision;

    /// <summary>To firmware that asks for what its user chose from the menu of boot services.</summary>
    /// <param name="Layer">Which part of it.</param>
    public sealed record BootItem(PxeServiceLine Service, ushort Layer) : Dhcp4Decision
    {
        public override string ToString() => $"send to {Service.FileOf(Layer)}";
    }

    /// <param name="Text">Option 56, in dnsmasq's words, which people look for.</param>
    public sealed record Refuse(string Text) : Dhcp4Decision;

    public sealed record Release(Lease Lease) : Dhcp4Decision;

    /// <summary>The client found the address in use: nobody gets it for a while.</summary>
    public sealed record Decline(uint Address, Lease Lease) : Dhcp4Decision;

    /// <summary>Silence, for a reason that is counted.</summary>
    public sealed record Ignore(Dhcp4Drop Reason) : Dhcp4Decision;
}

/// <summary>Why a message got no answer.</summary>
internal enum Dhcp4Drop
{
    /// <summary>Not a DHCP or BOOTP request, or broken.</summary>
    Malformed,

    /// <summary>Not Ethernet.</summary>
    HardwareType,

    /// <summary>A zero, multicast or broadcast MAC.</summary>
    HardwareAddress,

    /// <summary>A message that only servers send.</summary>
    ServerMessage,

    /// <summary>A relay whose address is not of this network.</summary>
    ForeignRelay,

    /// <summary>A client that asks for an address of another subnet, or whose relay does.</summary>
    ForeignSubnet,

    /// <summary>RELEASE or DECLINE for another server, or a REQUEST that a relay passes to all of its servers.</summary>
    OtherServer,

    /// <summary>A broadcast renewal of a lease that we know otherwise: another server may know it.</summary>
    OtherLease,

    /// <summary>RELEASE or DECLINE of what the client does not have.</summary>
    UnknownLease,

    /// <summary>INFORM without an address, or with one of another subnet.</summary>
    InformAddress,

    /// <summary>The definition says not to answer this client.</summary>
    Ignored,

    /// <summary>Firmware that asks for a boot service which is none of ours.</summary>
    OtherBootService,

    /// <summary>A BOOTP client without a reservation.</summary>
    NoReservation,

    /// <summary>Every address is leased, or no range is defined.</summary>
    Exhausted,

    /// <summary>RELEASE or DECLINE from elsewhere than where the lease's client is.</summary>
    OtherPort,

    /// <summary>The few addresses that are left are kept for ports of the bridge whose guests have none.</summary>
    KeptForOthers,

    /// <summary>One more message about an address that is being looked for conflicts on.</summary>
    Repeated,

    /// <summary>An address of the network that another host may have given, which is not known here.</summary>
    OtherHost,

    /// <summary>More new clients than the network takes on in the time.</summary>
    NetworkLimit,

    /// <summary>More new clients behind one port of the bridge than are its share.</summary>
    PortLimit,

    /// <summary>More new clients with one MAC prefix, or with unknown ones, behind one port than are their share.</summary>
    MakerLimit,
}
