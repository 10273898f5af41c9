using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Claims;
using VirtNet.Host.Firewall;
using VirtNet.Host.Firewalld;
using VirtNet.Host.Flows;
using VirtNet.Host.Hairpins;
using VirtNet.Host.Iptables;
using VirtNet.Host.Link;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Netlink;
using VirtNet.Host.Nft;
using VirtNet.Host.Publishing;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Resolved;
using VirtNet.Host.Spanning;
using VirtNet.Host.Subnets;
using VirtNet.Host.Watch;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Publishing;
using VirtNet.Model.Subnets;

namespace VirtNet.Host.Networks;

/// <summary>The host of this process's network namespace.</summary>
public sealed partial class NetworkHost : INetworkHost, IAsyncDisposable
{
    private readonly RepairTally _repairs;
    private readonly RtnetlinkClient _netlink = new();
    private readonly Channel<Guid> _drift = Channel.CreateUnbounded<Guid>();
    private readonly IFirewallBackend? _firewall;
    private readonly bool _withZones;
    private readonly HostObjections _objections;
    private readonly OwnBridges _own;
    private readonly BridgeRemovals _removals;
    private readonly LinkChanges _links;
    private readonly Neighbourhood? _neighbours;
    private readonly GuestGuard _guard;
    private readonly HairpinPorts? _hairpins;
    private readonly FlowTable? _flows;
    private readonly LinuxHost _host;
    private readonly HostReconciler _reconciler;
    private readonly HostWatcher _watcher;
    private readonly Culprits _culprits;
    private readonly ClaimsReport _claims;
    private readonly BridgeWatcher _bridges;
    private readonly PortReturn _ports;
    private readonly PortKeeper _keeper;
    private readonly GuestKeeper _guests;
    private readonly RefusalWatch? _refusals;
    private readonly PublicationChecks _publications;
    private readonly StaleFlows _staleFlows;
    private readonly Underlays _underlays;
    private readonly ReturnWays _returnWays;
    private readonly AddressClaims _addressClaims;
    private readonly ClaimKeeper _claimKeeper;
    private readonly RepairReport _report;
    private readonly ILogger<NetworkHost> _logger;

    /// <param name="firewall">Null = networks without rules.</param>
    /// <param name="zones">Null = firewalld is left alone.</param>
    /// <param name="nameServers">Null = systemd-resolved is left alone.</param>
    /// <param name="conditions">Where it is said what is not as it shall be; null = only in the log.</param>
    /// <param name="spanFirewall">Null = no network spans hosts.</param>
    /// <param name="hairpins">Null = ports of bridges are left as they are, whatever is published.</param>
    /// <param name="flows">Null = all connections pass the rules.</param>
    /// <param name="neighbours">Null = other firewalls of the host are not looked at.</param>
    public NetworkHost(
        IFirewallBackend? firewall, ICommandRunner commands, TimeProvider time, ILoggerFactory loggers,
        FirewalldZones? zones = null, LinkNameServers? nameServers = null, ConditionBoard? conditions = null,
        Neighbourhood? neighbours = null, RepairTally? repairs = null, SpanFirewall? spanFirewall = null,
        HairpinTable? hairpins = null, FlowTable? flows = null)
    {
        _repairs = repairs ?? new RepairTally(time);
        OwnRuleChanges ruleChanges = new(time);
        conditions ??= new ConditionBoard();
        _culprits = new Culprits(time);
        _firewall = firewall;
        _withZones = zones is not null;
        _objections = new HostObjections(_netlink, zones, nameServers);
        _neighbours = neighbours;
        _logger = loggers.CreateLogger<NetworkHost>();
        _own = new OwnBridges(_netlink);
        _removals = new BridgeRemovals(
            new BridgeRemover(_netlink, _own, () => (uint)SystemRandom.NextUInt64() & int.MaxValue, time).Remove, time);
        _links = new LinkChanges(_netlink, _own, _removals);
        _publications = new PublicationChecks(_netlink);
        _staleFlows = new StaleFlows(_publications, _logger);
        _underlays = new Underlays(_netlink);
        _returnWays = new ReturnWays(_netlink);
        _addressClaims = new AddressClaims(_netlink);
        _report = new RepairReport(conditions, _logger);
        _claims = new ClaimsReport(new LinkClaims(), conditions, _logger);
        _guard = new GuestGuard(_netlink, spanFirewall);
        _flows = flows;
        _hairpins = hairpins is null ? null : new HairpinPorts(_netlink, hairpins);
        _host = new LinuxHost(
            _netlink, _own, _links, commands, firewall, zones, nameServers, spanFirewall, _guard, _hairpins, flows,
            ruleChanges);
        _reconciler = new HostReconciler(_host, loggers.CreateLogger<HostReconciler>());
        _watcher = new HostWatcher(FindDriftedAsync, _drift.Writer, time, loggers.CreateLogger<HostWatcher>());
        _ports = new PortReturn(_netlink, loggers.CreateLogger<PortReturn>());
        _keeper = new PortKeeper(_netlink, _own, _watcher.Find, _ports, time, loggers.CreateLogger<PortKeeper>());
        _guests = new GuestKeeper(_netlink, _own, _watcher, _guard, _hairpins, loggers.CreateLogger<GuestKeeper>());
        _refusals = spanFirewall is null ? null : new RefusalWatch(spanFirewall, _netlink, time, loggers.CreateLogger<RefusalWatch>());
        _bridges = new BridgeWatcher(
            _netlink, _own, _watcher, _keeper, _guests, firewall is { ChangesByPrograms: true } ? ruleChanges : null, _culprits,
            AnnouncementsOf(firewall), neighbours, time, loggers);
        _claimKeeper = new ClaimKeeper(_addressClaims, _watcher, _drift.Writer, time);
        _bridges.HostChanged += _claimKeeper.Heard;
        if (flows is { IsUsed: true })
        {
            _bridges.HostChanged += flows.Heard;
        }

        if (AreRulesAnnounced)
        {
            _watcher.Patrolled = Suspicion.Links | Suspicion.Places;
        }
    }

    public event Action? Looked
    {
        add => _watcher.Looked += value;
        remove => _watcher.Looked -= value;
    }

    public event Action? AddressesChanged
    {
        add => _bridges.HostChanged += value;
        remove => _bridges.HostChanged -= value;
    }

    public event Action<Guid>? PortsChanged
    {
        add => _bridges.PortsChanged += value;
        remove => _bridges.PortsChanged -= value;
    }

    public bool OffloadsFlows => _flows is { IsUsed: true };

    public ChannelReader<Guid> Drift => _drift.Reader;

    public async Task<IReadOnlyList<HostChange>> StartAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        NetworkDefinition network = desired.Network;
        using IDisposable turn = await _removals.EnterAsync(network.Uuid!.Value, cancellationToken);
        ImmutableArray<HostResource> resources = Desired(desired);
        OwnBridge? bridge = FindBridge(network);
        await _objections.ThrowIfStartIsImpossibleAsync(network, resources, bridge, cancellationToken);
        List<HostChange> changes = [];
        try
        {
            if (bridge is { HasStrayed: true })
            {
                changes.Add(Rename(network, bridge));
            }

            // Rules are looked for only where there is a bridge to guard (left of a network that was undefined): else there
            // should be none, and if there are some, they are replaced as a whole.
            ImmutableArray<HostChange> plan = await PlanStartAsync(resources, bridge, cancellationToken);
            _objections.ThrowIfForwardingCutsHostOff(plan);
            Reconciled reconciled = await _reconciler.ApplyAsync(network.Name, plan, resources, cancellationToken);
            changes.AddRange(reconciled.Changes);
            Watch(network, resources, reconciled);
            _staleFlows.Forget(network.Name, before: [], resources);
            return changes;
        }
        catch
        {
            await UndoStartAsync(desired, changes);
            throw;
        }
    }

    public async Task CheckStartAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        ImmutableArray<HostResource> resources = Desired(desired);
        OwnBridge? bridge = FindBridge(desired.Network);
        await _objections.ThrowIfStartIsImpossibleAsync(desired.Network, resources, bridge, cancellationToken);
        _objections.ThrowIfForwardingCutsHostOff(await PlanStartAsync(resources, bridge, cancellationToken));
    }

    public IReadOnlyList<TakenSubnet> ListSubnets(AddressFamily family, IPNetwork? wanted, string? exceptBridge) =>
        new HostSubnets(_netlink, HostSubnetFiles.Default).List(family, wanted, exceptBridge);

    public async Task UndoStartAsync(NetworkHostState started, IReadOnlyList<HostChange> changes)
    {
        await ForgetAsync(started.Network);
        await _reconciler.UndoAsync(started.Network.Name, changes);
    }

    public VirtNetException? WhyNeverStarted(NetworkDefinition network)
    {
        try
        {
            if (network is { OwnsBridge: true, BridgeName: not null, Uuid: not null })
            {
                StartChecks.ThrowIfBridgeIsImpossible(network);
                _ = Desired(new NetworkHostState(network, []));
            }

            return null;
        }
        catch (VirtNetException e)
        {
            return e;
        }
    }

    public async Task CheckChangeAsync(
        NetworkDefinition before, NetworkHostState desired, CancellationToken cancellationToken)
    {
        NetworkDefinition onlyNew = desired.Network with
        {
            Ips = desired.Network.Ips.Where(ip => before.Ips.All(had => had.Network != ip.Network)).ToValueList(),
            Routes = desired.Network.Routes.Except(before.Routes).ToValueList(),
        };
        await _objections.ThrowIfImpossibleAsync(onlyNew, Desired(desired), FindBridge(onlyNew), cancellationToken);
        if (desired.Network.OwnsBridge && (desired.Network.Mtu != before.Mtu || onlyNew.Ips.Count > 0))
        {
            StartChecks.ThrowIfMtuIsImpossible(desired.Network); // a small MTU takes IPv6 off the bridge, whichever of the two came first
        }

        _objections.ThrowIfForwardingCutsHostOff([.. await PlanAsync(desired, cancellationToken)]);
    }

    public async Task<IReadOnlyList<HostChange>> PlanAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        WatchedNetwork? known = desired.Network.Uuid is { } uuid ? _watcher.Find(uuid) : null;
        ImmutableArray<HostResource> resources = Desired(desired, known);
        return await PlanAsync(known, known?.WithoutRefused(resources) ?? resources, cancellationToken);
    }

    public void Release(Guid network, MacAddress mac)
    {
        if (_watcher.Find(network) is { } known)
        {
            _bridges.Release(known, mac);
        }
    }

    public void CheckPublications(IEnumerable<HostPublication> added, Func<PublishedProtocol, IPEndPoint, bool> isOwn) =>
        _publications.ThrowIfImpossible(added, isOwn);

    public string? WhyAnswersStray(IPAddress published, IPAddress? guest, string? bridge)
    {
        try
        {
            return _returnWays.Find(published, guest, bridge, link => BridgeLink.MarkIn(link.Alias) is not null);
        }
        catch (VirtNetException)
        {
            return null; // it is a hint
        }
    }

    public IReadOnlySet<IPAddress> ListAddresses() => _publications.HostAddresses();

    public IPAddress? FindOwnAddress(IEnumerable<IPAddress> hosts) => hosts.FirstOrDefault(host => _netlink.FindOwner(host) != 0);

    public HostUnderlay? FindUnderlay(IReadOnlyCollection<IPAddress> hosts) =>
        FindOwnAddress(hosts) is { } host ? _underlays.Find(host, hosts) : null;

    public IPAddress? FindTunnelAddress(Guid network, uint vni) =>
        _netlink.FindLink(HostSpan.DeviceOf(vni)) is { } link && SpanLink.IsOurs(link, network) ? link.Vxlan?.Local : null;

    public async Task<IReadOnlyDictionary<HostPublication, ulong>> CountConnectionsAsync(Guid network, CancellationToken cancellationToken) =>
        _firewall is { } firewall && _watcher.Find(network)?.Held.OfType<FirewallRules>().FirstOrDefault() is { } rules
            ? await firewall.CountAsync(rules, cancellationToken)
            : new Dictionary<HostPublication, ulong>();

    public BridgeStanding StandingOf(NetworkDefinition network) => FindBridge(network)?.Standing ?? BridgeStanding.InPlace;

    public IReadOnlyDictionary<Guid, string> ListMarkedBridges() => _own.List();

    public IReadOnlyList<PublicationWarning> WarningsOf(Guid network) => _neighbours?.WarningsOf(network) ?? [];

    public Task SettleWarningsAsync(CancellationToken cancellationToken) =>
        _neighbours?.SettleWarningsAsync(cancellationToken) ?? Task.CompletedTask;

    public Task SettleAsync(CancellationToken cancellationToken) =>
        _neighbours?.SettleAsync(cancellationToken) ?? Task.CompletedTask;

    public bool LinkExists(string name) => _netlink.FindLink(name) is not null;

    public async ValueTask DisposeAsync()
    {
        await _bridges.DisposeAsync();
        _claimKeeper.Dispose();
        await _keeper.DisposeAsync();
        await _guests.DisposeAsync();
        if (_refusals is not null)
        {
            await _refusals.DisposeAsync();
        }

        await _watcher.DisposeAsync();
        _drift.Writer.TryComplete();
        _host.Dispose();
        _guard.Dispose();
        _hairpins?.Dispose();
        _removals.Dispose();
        _netlink.Dispose();
    }

    /// <summary>Not those of iptables: of its older variant the kernel tells nothing.</summary>
    private bool AreRulesAnnounced => _bridges.HearsNfTables && _firewall?.Name == BackendNames.Nftables;

    private static IRuleAnnouncements? AnnouncementsOf(IFirewallBackend? firewall) => firewall?.Name switch
    {
        null or BackendNames.None => null,
        BackendNames.Nftables => new NftAnnouncements(),
        _ => new IptablesAnnouncements(),
    };

    /// <returns>Null where the network has no bridge of its own.</returns>
    private OwnBridge? FindBridge(NetworkDefinition network) =>
        network is { OwnsBridge: true, BridgeName: { } name, Uuid: { } uuid } ? _own.Find(name, uuid) : null;

    /// <returns>What was changed.</returns>
    private HostChange Rename(NetworkDefinition network, OwnBridge bridge)
    {
        LinkMessage strayed = bridge.Link!;
        _links.Rename(strayed, bridge.Name);
        _logger.BridgeIsBack(network.Name, bridge.Name, strayed.Name);
        return new HostChange(
            new BridgeLink(strayed.Name) { Owner = network.Uuid }, new BridgeLink(bridge.Name) { Owner = network.Uuid });
    }

    private void Watch(NetworkDefinition network, ImmutableArray<HostResource> desired, Reconciled reconciled)
    {
        HashSet<string> held = [.. reconciled.Held.Concat(reconciled.Failed.Select(failure => failure.Resource)).Select(resource => resource.Key)];
        WatchedNetwork watched = new(network.Uuid!.Value, network.Name, desired, reconciled.Held)
        {
            Refused = [.. desired.Select(resource => resource.Key).Where(key => !held.Contains(key))],
            Failed = [.. reconciled.Failed.Select(failure => failure.Resource.Key)],
        };
        _watcher.Watch(watched); // first: by it the network is found when one of the others fails
        _bridges.Watch(watched, FindBridge(network)?.Link);
        if (watched.Bridge is { } own)
        {
            _refusals?.Watch(own.Name, watched.Locks is null ? null : watched.Name);
        }

        _claimKeeper.Watch(watched.Uuid, PublicationsIn(desired));
        _neighbours?.Watch(network, desired.OfType<FirewallRules>().FirstOrDefault());
        _claims.Tell(network);
    }

    private static ValueList<HostPublication> PublicationsIn(IEnumerable<HostResource> resources) =>
        resources.OfType<FirewallRules>().FirstOrDefault()?.Publications ?? [];

    private ImmutableArray<HostResource> Desired(NetworkHostState state, WatchedNetwork? known = null) =>
    [
        .. DesiredState.For(state, _firewall, withZones: _withZones, withFlows: OffloadsFlows)
            .Select(resource => resource is BridgeLink link ? link.InPlaceOf(known?.Bridge) : resource),
        .. _addressClaims.For(state.Publications),
    ];

    /// <summary>
    /// Reading rules is expensive, and not needed where the kernel would have announced that they were touched.
    /// </summary>
    private Task<ImmutableArray<HostChange>> PlanAsync(
        WatchedNetwork? known, ImmutableArray<HostResource> wanted, CancellationToken cancellationToken) =>
        _reconciler.PlanAsync(
            known?.Held ?? [],
            wanted,
            resource => resource is FirewallRules or SpanBindings && known is not null && known.Held.Contains(resource)
                ? _watcher.KnownRules(known.Uuid) switch
                {
                    true when !AreRulesAnnounced => null,
                    var whole => whole,
                }
                : null,
            cancellationToken);

    private Task<IReadOnlyDictionary<Guid, IReadOnlyCollection<HostResource>>> FindDriftedAsync(
        IReadOnlyDictionary<WatchedNetwork, Suspicion> suspects) =>
        _reconciler.FindDriftedAsync(
            suspects.ToDictionary(
                suspect => suspect.Key.Uuid,
                suspect => suspect.Key.Held.Where(resource => suspect.Value.HasFlag(KindOf(resource))).ToArray()),
            CancellationToken.None);

    private Task<ImmutableArray<HostChange>> PlanStartAsync(
        ImmutableArray<HostResource> resources, OwnBridge? bridge, CancellationToken cancellationToken) =>
        _reconciler.PlanAsync(
            known: [], resources, belief: bridge?.Link is null ? _ => false : HostReconciler.Ask, cancellationToken);

    private static Suspicion KindOf(HostResource resource) => resource switch
    {
        FirewallRules or SpanBindings => Suspicion.Rules,
        BridgeZone or LinkNameServer => Suspicion.Places,
        _ => Suspicion.Links,
    };
}
