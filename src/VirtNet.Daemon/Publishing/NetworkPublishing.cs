using System.Net;
using System.Runtime.CompilerServices;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Files;
using VirtNet.Host;
using VirtNet.Host.Networks;
using VirtNet.Host.Publishing;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Ports;
using VirtNet.Model.Publishing;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Networks;
using PublicationTarget = VirtNet.Rpc.Driver.PublicationTarget;

namespace VirtNet.Daemon.Publishing;

/// <summary>What networks publish: admitted, resolved with the addresses that their guests have, and told of. Thread-safe.</summary>
internal sealed class NetworkPublishing(
    INetworkHost host, INetworkServices services, ConditionBoard conditions, TargetHealth health, LoopbackRelays relays,
    HeldPorts held, RunningNetworks running, DaemonOptions options)
{
    private const string Source = "publications";

    private readonly PublishedPlaces _places = new();

    /// <summary>What definitions say: they do not change, and are asked again and again.</summary>
    private readonly ConditionalWeakTable<NetworkDefinition, NetworkExtension> _read = [];

    /// <summary>Where publications without an address listen if their network does not say; null = everywhere.</summary>
    public IPAddress? HostDefault { get; } = options.PublishDefault;

    /// <summary>What a definition says beyond libvirt's XML.</summary>
    public NetworkExtension ExtensionOf(NetworkDefinition network) =>
        network.Metadata is null ? NetworkExtension.None : _read.GetValue(network, one => NetworkExtensionXml.Of(one, HostDefault));

    /// <summary>Whether other networks are followed: who is let in depends on whether they run.</summary>
    public bool HasPeers(NetworkDefinition network) => ExtensionOf(network).Peers.Count > 0;

    /// <summary>Whether guests of a network are followed.</summary>
    public bool Follows(NetworkDefinition network) => ExtensionOf(network).Publications.Count > 0;

    /// <summary>What is to be on the host.</summary>
    public NetworkHostState StateOf(NetworkDefinition live, ValueList<NetworkPort> ports)
    {
        NetworkHostState state = new(live, ports)
        {
            Peers = HasPeers(live) ? PeerResolver.Resolve(ExtensionOf(live).Peers, PeersOf(live)) : [],
        };
        if (!Follows(live))
        {
            return state;
        }

        GuestAddresses guests = GuestsOf(live, ports);
        ValueList<HostPublication> places = Resolve(live, guests).SelectMany(one => one.Places).ToValueList();
        return state with { Publications = places, PublishedGuests = PublicationResolver.Guests(places, guests) };
    }

    /// <summary>Whether a definition can be put in force, as things are now.</summary>
    /// <param name="before">What is in force; null = nothing.</param>
    /// <exception cref="VirtNetException">It cannot, with the reason.</exception>
    public void Check(NetworkDefinition? before, NetworkDefinition after, ValueList<NetworkPort> ports)
    {
        NetworkExtension next = ExtensionOf(after);
        if (next.Publications.Count == 0)
        {
            return;
        }

        foreach (Publication publication in next.Publications)
        {
            if ((PublicationResolver.WhyTooMany(publication) ?? WhyServing(publication, publication.Address ?? next.DefaultAddress)) is { } reason)
            {
                throw VirtNetException.ConfigUnsupported($"publication '{publication.Key}' of network '{after.Name}': {reason}");
            }
        }

        // A process that came while something was published has lost its port already: only what is new is looked at.
        ILookup<PortRange?, HostPublication> had = (before is null ? [] : Resolve(before, ports))
            .SelectMany(PublicationResolver.Intended).ToLookup(place => place.Ports);
        host.CheckPublications(Resolve(after, ports).SelectMany(PublicationResolver.Intended)
            .Where(place => !had[place.Ports].Any(place.IsSamePlace)), held.Has);
        ThrowIfTaken(after, _places.FindTaken(after.Uuid ?? Guid.Empty, Placed(next)));
    }

    /// <summary>Before a definition is put in force: refuses what cannot be, and keeps its places from others.</summary>
    /// <param name="before">What is in force; null = nothing.</param>
    /// <exception cref="VirtNetException">With the reason; nothing was changed.</exception>
    public void Admit(NetworkDefinition? before, NetworkDefinition after, ValueList<NetworkPort> ports)
    {
        Check(before, after, ports);
        if (Follows(after) || (before is not null && Follows(before)))
        {
            ThrowIfTaken(after, _places.Replace(after.Uuid!.Value, after.Name, Placed(ExtensionOf(after))));
        }

        Await(after);
    }

    /// <summary>Keeps the places of a network that runs already: it had them before anybody who asks now.</summary>
    public void Adopt(NetworkDefinition live)
    {
        _places.Replace(live.Uuid!.Value, live.Name, Placed(ExtensionOf(live)));
        Await(live);
    }

    /// <summary>Before anything is made of a network that runs already: which of its targets the last daemon found not to answer.</summary>
    public void Recall(NetworkDefinition live, ValueList<NetworkPort> ports, IReadOnlyCollection<CheckedTarget> down)
    {
        if (down.Count > 0 && Follows(live))
        {
            health.Follow(live.Uuid!.Value, Resolve(live, ports).SelectMany(Checked), down);
        }
    }

    /// <summary>The targets of a network that do not answer.</summary>
    public IReadOnlyList<CheckedTarget> DownOf(Guid network) => health.DownOf(network);

    /// <summary>The network has ended.</summary>
    public void Release(Guid network)
    {
        _places.Release(network);
        running.Await(network, []);
        health.Follow(network, []);
        held.Follow(network, []);
        relays.Follow(network, []);
        conditions.Set(network, Source, []);
    }

    /// <summary>After something is in force: looks after its targets, and says what does not work as it is meant to.</summary>
    public void Tell(NetworkDefinition live, ValueList<NetworkPort> ports)
    {
        NetworkExtension extension = ExtensionOf(live);
        ResolvedPublication[] published = extension.Publications.Count == 0 ? [] : Resolve(live, ports);
        health.Follow(live.Uuid!.Value, published.SelectMany(Checked));
        held.Follow(live.Uuid!.Value, published.SelectMany(one => one.Places)); // first: it leaves to relays what is theirs
        relays.Follow(live.Uuid!.Value, published.SelectMany(one => one.Places).Where(place => place.IsRelayed));
        IEnumerable<string> faults = extension.Faults.Select(fault => $"not in force: {fault.Text}");
        IEnumerable<string> peers = extension.Peers.Count == 0 ? [] : PeerResolver.Warnings(extension.Peers, PeersOf(live));
        PublicationSurroundings around = new(host, live.BridgeName);
        IEnumerable<string> warnings = published.SelectMany(one => Warnings(live.Uuid!.Value, one, around).Select(warning => $"publication '{one.Publication.Key}': {warning}"));
        conditions.Set(
            live.Uuid!.Value, Source,
            [.. faults.Concat(peers).Concat(warnings).Select(text => new Condition(ConditionKind.Warning, text))]);
    }

    public async Task<IReadOnlyList<PublicationInForce>> DescribeAsync(
        NetworkRef network, NetworkDefinition live, ValueList<NetworkPort> ports, PublicationDetail detail, OpenConnections connections,
        CancellationToken cancellationToken)
    {
        if (!Follows(live))
        {
            return [];
        }

        GuestAddresses guests = GuestsOf(live, ports);
        ResolvedPublication[] all = Resolve(live, guests);
        IReadOnlyList<PublicationInForce> described = [.. all.Select(one => Describe(network, one))];
        if (detail.HasFlag(PublicationDetail.Traffic))
        {
            IReadOnlyDictionary<HostPublication, ulong> counted = await host.CountConnectionsAsync(network.Uuid, cancellationToken);
            ILookup<HostPublication, PublishedTraffic>? traffic = TrafficOf(all, connections);
            described = [.. described.Zip(all, (said, one) => WithTraffic(said, one, counted, traffic))];
        }

        if (detail.HasFlag(PublicationDetail.Warnings))
        {
            PublicationSurroundings around = new(host, live.BridgeName);
            ILookup<PortRange?, PublicationWarning> others = host.WarningsOf(network.Uuid).ToLookup(warning => warning.Place.Ports);
            described = [.. described.Zip(all, (said, one) => said with
            {
                Warnings =
                [
                    .. Warnings(network.Uuid, one, around), .. Others(one),
                    .. one.Publication.Targets.Select(guests.WhyMoved).OfType<string>(),
                ],
            })];

            IEnumerable<string> Others(ResolvedPublication one) => one.Places
                .SelectMany(place => others[place.Ports].Where(warning => warning.Place.IsSamePlace(place))).Select(warning => warning.Text).Distinct();
        }

        return described;
    }

    /// <returns>Null where the kernel does not tell.</returns>
    private static ILookup<HostPublication, PublishedTraffic>? TrafficOf(IEnumerable<ResolvedPublication> publications, OpenConnections connections)
    {
        try
        {
            return connections.Count([.. publications.SelectMany(one => one.Places)]).ToLookup(one => one.Publication);
        }
        catch (VirtNetException)
        {
            return null;
        }
    }

    private static void ThrowIfTaken(NetworkDefinition network, string? taken)
    {
        if (taken is not null)
        {
            throw VirtNetException.OperationInvalid($"network '{network.Name}': {taken}");
        }
    }

    /// <summary>Before it is looked whether they run: none may come unnoticed in between.</summary>
    private void Await(NetworkDefinition live) => running.Await(live.Uuid!.Value, ExtensionOf(live).Peers.Select(peer => peer.Network));

    private Dictionary<string, RunningNetwork> PeersOf(NetworkDefinition live) =>
        running.Find(ExtensionOf(live).Peers.Select(peer => peer.Network));

    /// <summary>Why it would take from guests of another network what they are served; null = it does not.</summary>
    private string? WhyServing(Publication publication, IPAddress? address) =>
        publication.Interface is not null || address is null || running.FindServing(address) is not { } network ? null
        : publication.IsWholeAddress ? $"guests of network '{network}' are served on {address}: it cannot be published as a whole"
        : PublicationRules.ServedPort(publication) is { } port ? $"guests of network '{network}' are served on port {port} of {address}"
        : null;

    private static PublicationInForce Describe(NetworkRef network, ResolvedPublication one) =>
        PublicationInForce.Of(network, one.Publication with { Address = one.Address }) with
        {
            Ipv4 = one.Places.Any(place => !place.Ipv6),
            Ipv6 = one.Places.Any(place => place.Ipv6),
            Targets =
            [
                .. one.Targets.Select(target => PublicationTarget.Of(target.Target) with
                {
                    Addresses = [.. new[] { target.Guest.Ipv4, target.Guest.Ipv6 }.OfType<IPAddress>().Select(address => address.ToString())],
                    State = target.State,
                    Reason = target.Reason,
                }),
            ],
        };

    private static PublicationInForce WithTraffic(
        PublicationInForce said, ResolvedPublication one, IReadOnlyDictionary<HostPublication, ulong> counted,
        ILookup<HostPublication, PublishedTraffic>? traffic)
    {
        ulong[] numbers = [.. one.Places.Where(counted.ContainsKey).Select(place => counted[place])];
        ulong? connections = numbers.Length == 0 ? null : numbers.Aggregate((a, b) => a + b);
        PublishedTraffic[]? now = traffic is null || one.Places.All(place => place.IsOwnAddress || place.IsRelayed) ? null
            : [.. one.Places.SelectMany(place => traffic[place])];
        return said with
        {
            Connections = connections,
            Targets =
            [
                .. said.Targets.Zip(one.Targets, (told, target) => told with
                {
                    Connections = one.Targets.Count == 1 ? connections : null,
                    Open = now is null ? null : Of(target, now).Aggregate(0UL, (sum, some) => sum + some.Open),
                    Octets = now is null ? null : Of(target, now).Select(some => some.Octets).OfType<ulong>().Aggregate((ulong?)null, (sum, some) => (sum ?? 0) + some),
                }),
            ],
        };

        static IEnumerable<PublishedTraffic> Of(ResolvedTarget target, PublishedTraffic[] traffic) => traffic.Where(some =>
            target.Target.IsHost ? some.Target is null : some.Target is { } to && (to.Equals(target.Guest.Ipv4) || to.Equals(target.Guest.Ipv6)));
    }

    private IEnumerable<string> Warnings(Guid network, ResolvedPublication one, PublicationSurroundings around)
    {
        if (one.Places.Select(held.FaultOf).FirstOrDefault(fault => fault is not null) is { } taken)
        {
            yield return taken;
        }

        foreach (string fault in one.Places.Where(place => place.IsRelayed).Select(place => relays.FaultOf(network, place)).OfType<string>())
        {
            yield return fault;
        }

        if (one.Particular is { } address && !IPAddress.IsLoopback(address)
            && !one.Places.Any(place => place.IsOwnAddress) && !around.Has(address))
        {
            yield return one.Publication.Claim ? $"no interface is there to give {address} to: it works once one is"
                : $"no interface of the host has {address}: it works once one has";
        }

        if (one.Publication.Interface is { } by && !around.HasInterface(by))
        {
            yield return $"no interface of the host is called {by}: it works once one is";
        }

        foreach (HostPublication place in one.Places.Where(place => place is { Address: not null, IsLoopback: false, IsOwnAddress: false, Targets.Count: > 0 }))
        {
            if (around.WhyAnswersStray(place.Address!, place.Targets[0].Address) is { } astray)
            {
                yield return astray;
                break;
            }
        }
    }

    private static IEnumerable<CheckedTarget> Checked(ResolvedPublication one) => one.Publication.Check is not { } check ? []
        : one.Targets.Where(target => !target.Target.IsHost).SelectMany(target => new[] { target.Guest.Ipv4, target.Guest.Ipv6 }
            .OfType<IPAddress>().Select(address => new CheckedTarget(
                one.Publication.Key,
                new IPEndPoint(address, check.Port ?? (target.Target.Ports.Count > 0 ? target.Target.Ports[0] : one.Publication.Ports[0]).First),
                check)));

    private GuestAddresses GuestsOf(NetworkDefinition live, ValueList<NetworkPort> ports) =>
        new(live, ports, services.GetLeases(live.Uuid!.Value));

    private ResolvedPublication[] Resolve(NetworkDefinition live, ValueList<NetworkPort> ports) => Resolve(live, GuestsOf(live, ports));

    private ResolvedPublication[] Resolve(NetworkDefinition live, GuestAddresses guests)
    {
        NetworkExtension extension = ExtensionOf(live);
        HashSet<(string Publication, IPAddress Address)> down =
            [.. health.DownOf(live.Uuid!.Value).Select(target => (target.Publication, target.At.Address))];
        return [.. extension.Publications.Select(publication => PublicationResolver.Resolve(
            publication, extension, guests, address => publication.Check is not null && down.Contains((publication.Key, address))))];
    }

    private static IReadOnlyList<Publication> Placed(NetworkExtension extension) =>
        [.. extension.Publications.Select(publication => publication with { Address = publication.Address ?? extension.DefaultAddress })];
}
