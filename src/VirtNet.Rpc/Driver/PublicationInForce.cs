using VirtNet.Model.Publishing;

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

    /// <summary>Its network does not run; no call answers this.</summary>
    Inactive = -1,
}

/// <summary>One publication of a network: as it is in force now, or as it is defined.</summary>
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

    /// <summary>What a definition says of it: where it would listen and who would answer, were it in force.</summary>
    public static PublicationInForce Of(NetworkRef network, Publication publication) => new(
        network, publication.Name, publication.Address?.ToString(), publication.Protocol?.Name(),
        publication.Ports.Count == 0 ? null : PortRange.Format(publication.Ports),
        Ipv4: false, Ipv6: false, Connections: null, [.. publication.Targets.Select(PublicationTarget.Of)], Warnings: [])
    {
        Interface = publication.Interface,
        From = [.. publication.From.Select(subnet => subnet.ToString())],
        Balance = publication.Targets.Count > 1 ? publication.Balance.Name() : null,
        Check = publication.Check is not { } check ? null : check.Path is { } path ? $"http:{path}" : "tcp",
    };
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

    /// <summary>What a definition says of it.</summary>
    public static PublicationTarget Of(Model.Publishing.PublicationTarget target) => new(
        target.Guest ?? target.Mac?.ToString(), target.IsHost, target.Address is { } address ? [address.ToString()] : [],
        target.Ports.Count == 0 ? null : PortRange.Format(target.Ports), (uint)target.Weight, target.IsBackup,
        TargetState.Inactive, Reason: null, Connections: null);
}
