namespace VirtNet.Rpc.Driver;

/// <summary>How it is with one target of a publication. The numbers are part of the protocol.</summary>
public enum TargetState
{
    /// <summary>New connections go there.</summary>
    Up = 0,

    /// <summary>It failed its check: new connections go to others, or are refused where there are none.</summary>
    Down = 1,

    /// <summary>It has no address (yet): <see cref="PublicationTarget.Reason"/> says why.</summary>
    Unresolved = 2,

    /// <summary>Its weight is 0: what is connected stays, nothing new comes.</summary>
    Draining = 3,

    /// <summary>It is a backup, and others are up.</summary>
    Standby = 4,
}

/// <summary>One publication of an active network, as it is in force now.</summary>
/// <param name="Name">Null where it has none.</param>
/// <param name="Address">Where it listens; null = any address of the host.</param>
/// <param name="Protocol">tcp, udp or sctp; null = all, of a whole address.</param>
/// <param name="Ports">A port or <c>first-last</c>; null = a whole address.</param>
/// <param name="Ipv4">Whether it is open for IPv4 clients.</param>
/// <param name="Ipv6">Whether it is open for IPv6 clients.</param>
/// <param name="Connections">New connections since it is in force; null where the host does not count them.</param>
/// <param name="Warnings">What keeps it from working as it is meant to: a sentence each.</param>
public sealed record PublicationInForce(
    NetworkRef Network,
    string? Name,
    string? Address,
    string? Protocol,
    string? Ports,
    bool Ipv4,
    bool Ipv6,
    ulong? Connections,
    IReadOnlyList<PublicationTarget> Targets,
    IReadOnlyList<string> Warnings)
{
    /// <summary>The only interface by which clients come; null = any.</summary>
    public string? Interface { get; init; }

    /// <summary>The only clients, as subnets; empty = all.</summary>
    public IReadOnlyList<string> From { get; init; } = [];

    /// <summary>How connections are spread over several targets: <c>source</c>, <c>random</c>, <c>round-robin</c>; null with one target.</summary>
    public string? Balance { get; init; }

    /// <summary>By what it is known whether targets answer: <c>tcp</c> or <c>http:/PATH</c>; null = they are not asked.</summary>
    public string? Check { get; init; }
}

/// <summary>One target of a publication.</summary>
/// <param name="Guest">Name or MAC, as the definition has it; null where that has an address, or the host.</param>
/// <param name="Host">Whether it is the host itself.</param>
/// <param name="Addresses">Where packets go now, one for each family at most; empty for one that is unresolved, and for the host.</param>
/// <param name="Ports">A port or <c>first-last</c>; null = that which was asked for.</param>
/// <param name="Reason">For people; null where there is nothing to say.</param>
/// <param name="Connections">As <see cref="PublicationInForce.Connections"/>, of this target alone.</param>
public sealed record PublicationTarget(
    string? Guest,
    bool Host,
    IReadOnlyList<string> Addresses,
    string? Ports,
    uint Weight,
    bool Backup,
    TargetState State,
    string? Reason,
    ulong? Connections)
{
    /// <summary>Connections that there are now; null where the host does not tell.</summary>
    public ulong? Open { get; init; }

    /// <summary>Of these, in both directions; null where the host does not count them (nf_conntrack_acct).</summary>
    public ulong? Octets { get; init; }
}
