using System.Net;
using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host;

/// <summary>
/// One publication of one address family as it is to be in force: names are addresses already, and targets only those that new
/// connections may go to.
/// </summary>
/// <param name="Ipv6">The family; addresses are all of it.</param>
/// <param name="Address">Where it listens; null = any address of the host.</param>
/// <param name="Protocol">Null = every protocol, of a whole address.</param>
/// <param name="Ports">Null = a whole address.</param>
/// <param name="Interface">The only interface by which clients come; null = any, and the host itself.</param>
/// <param name="Sources">Whom it is for; empty = everybody.</param>
/// <param name="Targets">Empty = nobody is there: connections are refused at once.</param>
public sealed record HostPublication(
    bool Ipv6,
    IPAddress? Address,
    PublishedProtocol? Protocol,
    PortRange? Ports,
    string? Interface,
    ValueList<IPNetwork> Sources,
    Balance Balance,
    ValueList<HostTarget> Targets)
{
    /// <summary>Who has had connections and gets no new ones: what is connected stays.</summary>
    public ValueList<IPAddress> Draining { get; init; } = [];

    /// <summary>Who does not answer at the moment: what was sent to them is neither sent there any more, nor refused on its way.</summary>
    public ValueList<HostTarget> Down { get; init; } = [];

    /// <summary>Whether a whole address is taken though the host needs it itself.</summary>
    public bool IsForced { get; init; }

    /// <summary>Whether the host is given the whole address while it is published.</summary>
    public bool IsClaimed { get; init; }

    /// <summary>Whether the address is the target's own, so that nothing is translated.</summary>
    public bool IsOwnAddress => Address is { } address && Targets is [{ Address: { } target } only] && address.Equals(target)
        && (only.FirstPort is null || only.FirstPort == Ports?.First);

    /// <summary>Whether it is the same place for the same clients, whoever answers there.</summary>
    public bool IsSamePlace(HostPublication other) => Ipv6 == other.Ipv6 && Equals(Address, other.Address) && Protocol == other.Protocol
        && Ports == other.Ports && Interface == other.Interface && Sources.Equals(other.Sources);

    /// <summary>Whether one look-up finds the target: nothing is to be chosen, and everybody may come.</summary>
    public bool IsSimple => Targets.Count == 1 && Sources.Count == 0 && Interface is null;

    /// <summary>Whether it is for the host alone.</summary>
    public bool IsLoopback => Address is { } address && IPAddress.IsLoopback(address);

    /// <summary>Whether it leads others than the host to ports of the host itself.</summary>
    public bool IsHostPort => Targets is [{ Address: null }] && Ports is not null && !IsLoopback;

    /// <summary>
    /// Whether it is not the kernel that translates it: for ::1 it takes no answers from a link. Connections are handed on in user space.
    /// </summary>
    public bool IsRelayed => Ipv6 && IsLoopback && Targets.All(target => target.Address is not null);

    /// <summary>Whether the host must be able to reach its guests from 127.0.0.1.</summary>
    public bool NeedsRouteFromLoopback => !Ipv6 && Interface is null && (Address is null || IsLoopback) && Targets.Any(target => target.Address is not null);

    /// <summary>The ports by which connections arrive at a target; null = all of a whole address.</summary>
    public PortRange? PortsAt(HostTarget target) => Ports is not { } ports ? null
        : target.FirstPort is { } first ? new PortRange(first, (ushort)(first + ports.Count - 1)) : ports;

    /// <summary>As a person would write it: address, ports and protocol.</summary>
    public string Listen => string.Concat(
        Address is null ? "" : Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{Address}]" : $"{Address}",
        Address is not null && Ports is not null ? ":" : "",
        Ports is null ? "" : $"{Ports}",
        Protocol is null or PublishedProtocol.Tcp ? "" : $"/{Protocol.Value.Name()}");

    public override string ToString() => $"{Listen} to {(Targets.Count == 0 ? "nobody" : string.Join(", ", Targets))}";
}

/// <summary>Where connections go.</summary>
/// <param name="Address">Null = the host itself.</param>
/// <param name="FirstPort">The port that the publication's first goes to; null = each to the same.</param>
/// <param name="Weight">At least 1: its share beside those of the others.</param>
public sealed record HostTarget(IPAddress? Address, ushort? FirstPort, int Weight = 1)
{
    public override string ToString() => $"{Address?.ToString() ?? "host"}{(FirstPort is null ? "" : $":{FirstPort}")}"
        + (Weight == 1 ? "" : $" ({Weight})");
}
