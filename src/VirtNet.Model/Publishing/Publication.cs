using System.Net;

namespace VirtNet.Model.Publishing;

/// <summary>
/// One <c>&lt;publish&gt;</c>: what is reached at an address or port of the host, and by whom it is answered. Without a
/// <see cref="Protocol"/> a whole address, with every protocol and its target's way out.
/// </summary>
public sealed record Publication
{
    /// <summary>So many targets a publication has at most.</summary>
    public const int MaxTargets = 64;

    /// <summary>Unlike that of any other publication of its network; null = <see cref="Listen"/> names it.</summary>
    public string? Name { get; init; }

    /// <summary>Null = a whole address, which has exactly one target.</summary>
    public PublishedProtocol? Protocol { get; init; }

    /// <summary>Empty for a whole address only. They do not overlap.</summary>
    public ValueList<PortRange> Ports { get; init; } = [];

    /// <summary>
    /// Null = the network's default, else every address of the host. <see cref="IPAddress.Any"/> and
    /// <see cref="IPAddress.IPv6Any"/> are every address of one family, whatever the default is.
    /// </summary>
    public IPAddress? Address { get; init; }

    /// <summary>Only what comes in by this interface of the host; null = by any.</summary>
    public string? Interface { get; init; }

    /// <summary>Only these clients; empty = all.</summary>
    public ValueList<IPNetwork> From { get; init; } = [];

    public Balance Balance { get; init; }

    /// <summary>The host gets a whole address while it is published, and loses it afterwards.</summary>
    public bool Claim { get; init; }

    /// <summary>A whole address is taken even from the host itself, which may not be reached by it then.</summary>
    public bool Force { get; init; }

    /// <summary>At least one.</summary>
    public ValueList<PublicationTarget> Targets { get; init; } = [];

    /// <summary>Null = targets are not looked after.</summary>
    public PublicationCheck? Check { get; init; }

    public bool IsWholeAddress => Protocol is null;

    /// <summary>The host answers itself (REDIRECT).</summary>
    public bool IsToHost => Targets is [{ IsHost: true }];

    /// <summary>Where it listens, as net-publish takes it: <c>8080</c>, <c>203.0.113.5:53/udp</c>, <c>[2001:db8::5]:80,443</c>.</summary>
    public string Listen => ListenText.Format(this);

    /// <summary>Whether everybody may come, whatever interface he comes by.</summary>
    public bool IsForAll => From.Count == 0 && Interface is null;

    /// <summary>Where two cannot listen at once: any address is any of both families, each of which is a place by itself.</summary>
    /// <param name="defaultAddress">Where it listens without an address of its own; null = everywhere.</param>
    public IReadOnlyList<IPAddress> ListenAddresses(IPAddress? defaultAddress) =>
        (Address ?? defaultAddress) is { } address ? [address] : [IPAddress.Any, IPAddress.IPv6Any];

    /// <summary>What it is called among its network's: its name, else <see cref="Listen"/>.</summary>
    public string Key => Name ?? Listen;
}
