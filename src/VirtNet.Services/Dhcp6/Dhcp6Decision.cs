using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>What to do about one message.</summary>
internal abstract record Dhcp6Decision
{
    private Dhcp6Decision()
    {
    }

    /// <summary>No answer.</summary>
    public sealed record Ignore(Dhcp6Drop Reason) : Dhcp6Decision;

    /// <param name="Status">Of the message as a whole; null = none is told.</param>
    /// <param name="Ias">One for each IA that the client asked about.</param>
    /// <param name="Name">The client's name, where the answer tells one.</param>
    public sealed record Answer(
        Dhcp6MessageType Type, Dhcp6Status? Status, IReadOnlyList<Dhcp6IaDecision> Ias, string? Name) : Dhcp6Decision
    {
        public bool RapidCommit { get; init; }

        /// <summary>Numbers of the IAs in which the client asked for a prefix, which it does not get.</summary>
        public IReadOnlyCollection<uint> RefusedPrefixes { get; init; } = [];

        /// <summary>What is told in those.</summary>
        public Dhcp6Status PrefixStatus { get; init; }

        /// <summary>What the client is like; null where nothing depends on it.</summary>
        public TagSet? Tags { get; init; }

        /// <summary>The name that the client gave itself and does not get.</summary>
        public RefusedName? Refused { get; init; }
    }
}

/// <summary>What becomes of one IA.</summary>
/// <param name="Status">Null = none is told.</param>
internal sealed record Dhcp6IaDecision(Dhcp6Client Client, Dhcp6Status? Status)
{
    /// <summary>The address that the client gets or keeps; null = none.</summary>
    public AddressKey? Address { get; init; }

    /// <summary>Lifetime of the address in seconds.</summary>
    public uint Seconds { get; init; }

    /// <summary>The address is no source of new connections.</summary>
    public bool IsDeprecated { get; init; }

    /// <summary>Addresses that the client must not use any longer.</summary>
    public IReadOnlyList<AddressKey> Withdrawn { get; init; } = [];

    /// <summary>The lease to record; null in an offer and where none is given.</summary>
    public Lease? Lease { get; init; }

    /// <summary>The lease to take away.</summary>
    public Lease? Ended { get; init; }

    /// <summary>No address, because the last ones are kept for other ports of the bridge.</summary>
    public bool IsKeptForOthers { get; init; }

    /// <summary>The DUID that the client says, where it is known by its MAC instead: another machine has that DUID too.</summary>
    public string? SharedDuid { get; init; }

    /// <summary>Whether nobody may get the address of <see cref="Ended"/> for a while.</summary>
    public bool Blocks { get; init; }
}

/// <summary>Why a message is not answered.</summary>
internal enum Dhcp6Drop
{
    /// <summary>No message of a client on this link, or broken.</summary>
    Malformed,

    /// <summary>Parts are missing that its type must have, or are there that it must not (RFC 8415, 16).</summary>
    Invalid,
    OtherServer,
    NothingAsked,

    /// <summary>The definition says not to answer this client.</summary>
    Ignored,

    /// <summary>RELEASE or DECLINE in a frame of another machine.</summary>
    OtherPort,

    /// <summary>More new clients than the network takes on in the time.</summary>
    NetworkLimit,

    /// <summary>More new clients behind one port of the bridge than are its share.</summary>
    PortLimit,

    /// <summary>More new clients with one MAC prefix, or with unknown ones, behind one port than are their share.</summary>
    MakerLimit,
}
