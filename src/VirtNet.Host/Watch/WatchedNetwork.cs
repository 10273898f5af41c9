using System.Collections.Immutable;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Watch;

/// <summary>A network that is on the host, as it was left.</summary>
/// <param name="Desired">What was asked for.</param>
/// <param name="Held">What of it the host has.</param>
internal sealed record WatchedNetwork(
    Guid Uuid, string Name, ImmutableArray<HostResource> Desired, ImmutableArray<HostResource> Held)
{
    /// <summary>Keys of what the host refused, and the network does without.</summary>
    public ImmutableHashSet<string> Refused { get; init; } = [];

    /// <summary>Keys of what is not as it shall be although virtnet tried: it is tried again, ever more slowly.</summary>
    public ImmutableHashSet<string> Failed { get; init; } = [];

    /// <summary>Keys of what a bridge of the host had before the network started, and keeps when it goes.</summary>
    public ImmutableHashSet<string> Found { get; init; } = [];

    /// <summary>The bridge that the network owns.</summary>
    public BridgeLink? Bridge { get; } = Held.OfType<BridgeLink>().FirstOrDefault();

    private readonly bool _up = Held.Any(resource => resource is BridgeUp);

    /// <summary>What is asked for again and was refused is not tried again; where anything else is asked for, all is.</summary>
    public ImmutableArray<HostResource> WithoutRefused(ImmutableArray<HostResource> resources) =>
        IsSame(resources) ? [.. resources.Where(resource => !Refused.Contains(resource.Key))] : resources;

    public bool IsSame(ImmutableArray<HostResource> resources) => Desired.SequenceEqual(resources);

    /// <summary>Whether an announcement about the bridge shows it as it shall be.</summary>
    public bool IsFine(LinkMessage link) => Bridge is not null && Bridge == Bridge.Observe(link) && link.Up == _up;
}
