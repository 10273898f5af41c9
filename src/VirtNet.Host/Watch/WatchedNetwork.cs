using System.Collections.Immutable;
using VirtNet.Host.Hairpins;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Spanning;
using VirtNet.Model;

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

    /// <summary>The bridge that the network owns.</summary>
    public BridgeLink? Bridge { get; } = Held.OfType<BridgeLink>().FirstOrDefault();

    /// <summary>The tunnel to its other hosts.</summary>
    public SpanLink? Tunnel { get; } = Held.OfType<SpanLink>().FirstOrDefault();

    /// <summary>Whom its other hosts are told of; null = nobody is told of.</summary>
    public SpanGuests? Guests { get; } = Held.OfType<SpanGuests>().FirstOrDefault();

    /// <summary>Whose ports are locked; null = nobody's.</summary>
    public GuestLocks? Locks { get; } = Held.OfType<GuestLocks>().FirstOrDefault();

    /// <summary>All of these.</summary>
    public ImmutableHashSet<MacAddress> GuestMacs { get; } =
    [
        .. Held.OfType<SpanGuests>().SelectMany(guests => guests.Guests).Select(guest => guest.Mac),
        .. Held.OfType<GuestLocks>().SelectMany(locks => locks.Guests),
    ];

    /// <summary>Who must be able to come back to himself by a publication; null = nobody.</summary>
    public HairpinGuests? Hairpins { get; } = Held.OfType<HairpinGuests>().FirstOrDefault();

    private readonly BridgeUp? _up = Held.OfType<BridgeUp>().FirstOrDefault();

    /// <summary>What is asked for again and was refused is not tried again; where anything else is asked for, all is.</summary>
    public ImmutableArray<HostResource> WithoutRefused(ImmutableArray<HostResource> resources) =>
        IsSame(resources) ? [.. resources.Where(resource => !Refused.Contains(resource.Key))] : resources;

    /// <summary>What could not be repaired, or removed, before keeps nobody from changing something else.</summary>
    public bool IsOldFailure(HostChange change) =>
        Failed.Contains((change.After ?? change.Before)!.Key)
        && (change.After is { } wanted ? Desired.Contains(wanted) : Desired.All(resource => resource.Key != change.Before!.Key));

    public bool IsSame(ImmutableArray<HostResource> resources) => Desired.SequenceEqual(resources);

    /// <summary>Whether an announcement about the bridge shows it as it shall be.</summary>
    public bool IsFine(LinkMessage link) =>
        Bridge is not null && Bridge == Bridge.Observe(link) && link.Up == (_up is not null)
        && !(link.GetsNoAddresses && _up is { LinkLocal: true });
}
