using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Firewalld;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Resolved;
using VirtNet.Host.Tc;
using VirtNet.Host.Watch;
using VirtNet.Model;

namespace VirtNet.Host;

/// <summary>The host of this process's network namespace.</summary>
public sealed class NetworkHost : INetworkHost, IAsyncDisposable
{
    private const string NftTableName = "virtnet";

    private readonly RtnetlinkClient _netlink = new();
    private readonly Channel<Guid> _drift = Channel.CreateUnbounded<Guid>();
    private readonly IFirewallBackend? _firewall;
    private readonly FirewalldZones? _zones;
    private readonly LinkNameServers? _nameServers;
    private readonly LinuxHost _host;
    private readonly HostReconciler _reconciler;
    private readonly HostWatcher _watcher;
    private readonly BridgeWatcher _bridges;
    private readonly PortReturn _ports;
    private readonly PortKeeper _keeper;
    private readonly ILogger<NetworkHost> _logger;

    /// <param name="firewall">Null = networks without rules.</param>
    /// <param name="zones">Null = firewalld is left alone.</param>
    /// <param name="nameServers">Null = systemd-resolved is left alone.</param>
    public NetworkHost(
        IFirewallBackend? firewall, ICommandRunner commands, TimeProvider time, ILoggerFactory loggers,
        FirewalldZones? zones = null, LinkNameServers? nameServers = null)
    {
        OwnRuleChanges ruleChanges = new(time);
        _firewall = firewall;
        _zones = zones;
        _nameServers = nameServers;
        _logger = loggers.CreateLogger<NetworkHost>();
        _host = new LinuxHost(_netlink, commands, firewall, zones, nameServers, ruleChanges);
        _reconciler = new HostReconciler(_host, loggers.CreateLogger<HostReconciler>());
        _watcher = new HostWatcher(FindDriftedAsync, _drift.Writer, time, loggers.CreateLogger<HostWatcher>());
        _ports = new PortReturn(_netlink, loggers.CreateLogger<PortReturn>());
        _keeper = new PortKeeper(_netlink, _watcher.Find, _ports, time, loggers.CreateLogger<PortKeeper>());
        _bridges = new BridgeWatcher(_netlink, _watcher, _keeper, ruleChanges, TablesOf(firewall), time, loggers);
    }

    public ChannelReader<Guid> Drift => _drift.Reader;

    public async Task StartAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        NetworkDefinition network = desired.Network;
        ImmutableArray<HostResource> resources = Desired(desired);
        await ThrowIfImpossibleAsync(network, resources, cancellationToken);

        if (_nameServers is not null)
        {
            await _nameServers.ThrowIfImpossibleAsync(network, cancellationToken);
        }

        // Rules are not looked for: there should be none, and if there are some, they are replaced as a whole.
        ImmutableArray<HostChange> plan = await _reconciler.PlanAsync(
            known: [], resources, belief: _ => false, cancellationToken);
        ThrowIfForwardingCutsHostOff(plan);
        Reconciled reconciled = await _reconciler.ApplyAsync(network.Name, plan, resources, cancellationToken);
        Watch(network, resources, reconciled.Held);
    }

    public async Task CheckChangeAsync(
        NetworkDefinition before, NetworkHostState desired, CancellationToken cancellationToken)
    {
        NetworkDefinition onlyNew = desired.Network with
        {
            Ips = desired.Network.Ips.Where(ip => before.Ips.All(had => had.Network != ip.Network)).ToValueList(),
            Routes = desired.Network.Routes.Except(before.Routes).ToValueList(),
        };
        await ThrowIfImpossibleAsync(onlyNew, Desired(desired), cancellationToken);
        ThrowIfForwardingCutsHostOff([.. await PlanAsync(desired, cancellationToken)]);
    }

    public async Task<IReadOnlyList<HostChange>> ConvergeAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        NetworkDefinition network = desired.Network;
        Guid uuid = network.Uuid!.Value;
        WatchedNetwork? known = _watcher.Find(uuid);
        ImmutableArray<HostResource> resources = Desired(desired, known);
        Reconciled reconciled;
        _watcher.Suspend(uuid);
        try
        {
            ImmutableArray<HostResource> wanted = known?.WithoutRefused(resources) ?? resources;
            reconciled = await _reconciler.ApplyAsync(
                network.Name, await PlanAsync(known, wanted, cancellationToken), wanted, cancellationToken);
            if (reconciled.Changes.Any(change => change is { Before: BridgeAddress, After: null }))
            {
                reconciled = await PutBackDroppedAsync(network, reconciled, cancellationToken);
            }
        }
        catch
        {
            _watcher.Resume(uuid);
            throw;
        }

        Tell(network, reconciled.Changes, repair: known is null || known.IsSame(resources));
        if (known?.Bridge is { } former && former.Name != network.BridgeName)
        {
            _bridges.Forget(known);
        }

        IReadOnlyList<LinkMessage> lostPorts = LostPorts(reconciled.Changes);
        Watch(network, resources, reconciled.Held);
        if (lostPorts.Count > 0)
        {
            _ports.PutBack(network.Name, network.BridgeName!, lostPorts);
        }

        return reconciled.Changes;
    }

    public async Task StopAsync(NetworkHostState last, CancellationToken cancellationToken)
    {
        NetworkDefinition network = last.Network;
        WatchedNetwork? known = _watcher.Find(network.Uuid!.Value);
        if (known is not null)
        {
            _bridges.Forget(known);
            _watcher.Forget(known.Uuid);
        }

        await _reconciler.RemoveAsync(
            network.Name,
            [.. (known?.Held ?? []).Concat(Desired(last)).DistinctBy(resource => resource.Key)],
            cancellationToken);
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

    public bool LinkExists(string name) => _netlink.FindLink(name) is not null;

    public async ValueTask DisposeAsync()
    {
        await _bridges.DisposeAsync();
        await _keeper.DisposeAsync();
        await _watcher.DisposeAsync();
        _drift.Writer.TryComplete();
        _host.Dispose();
        _netlink.Dispose();
    }

    private static IReadOnlyCollection<string> TablesOf(IFirewallBackend? firewall) => firewall?.Name switch
    {
        null => [],
        FirewallBackends.Nftables => [NftTableName],
        _ => ["filter", "nat", "mangle"],
    };

    private ImmutableArray<HostResource> Desired(NetworkHostState state, WatchedNetwork? known = null) =>
    [
        .. DesiredState.For(state, _firewall, withZones: _zones is not null)
            .Select(resource => resource is BridgeLink link ? link.InPlaceOf(known?.Bridge) : resource),
    ];

    /// <summary>With an address the kernel drops routes, and other addresses of its subnet, that were to stay.</summary>
    private async Task<Reconciled> PutBackDroppedAsync(
        NetworkDefinition network, Reconciled reconciled, CancellationToken cancellationToken)
    {
        ImmutableArray<HostChange> dropped = await _reconciler.PlanAsync(
            known: [], reconciled.Held, belief: _ => true, cancellationToken);
        Reconciled put = await _reconciler.ApplyAsync(network.Name, dropped, reconciled.Held, cancellationToken);
        return put with { Changes = [.. reconciled.Changes, .. put.Changes] };
    }

    private void Watch(NetworkDefinition network, ImmutableArray<HostResource> desired, ImmutableArray<HostResource> held)
    {
        WatchedNetwork watched = new(network.Uuid!.Value, network.Name, desired, held);
        _bridges.Watch(watched);
        _watcher.Watch(watched);
    }

    private void Tell(NetworkDefinition network, ImmutableArray<HostChange> changes, bool repair)
    {
        if (changes.IsEmpty || !_logger.IsEnabled(repair ? LogLevel.Information : LogLevel.Debug))
        {
            return;
        }

        if (repair)
        {
            _logger.Repaired(network.Name, RepairText.Of(changes));
        }
        else
        {
            _logger.Changed(network.Name, string.Join("; ", changes));
        }
    }

    private IReadOnlyList<LinkMessage> LostPorts(ImmutableArray<HostChange> changes) =>
        changes.Where(change => change.Before is null).Select(change => change.After).OfType<BridgeLink>().FirstOrDefault()
            is { } anew
            ? _bridges.TakeLostPorts(anew.Name)
            : [];

    /// <summary>
    /// Reading rules is expensive, and not needed where the kernel would have announced that they were touched. Not so for
    /// iptables: of its older variant nothing is announced.
    /// </summary>
    private Task<ImmutableArray<HostChange>> PlanAsync(
        WatchedNetwork? known, ImmutableArray<HostResource> wanted, CancellationToken cancellationToken) =>
        _reconciler.PlanAsync(
            known?.Held ?? [],
            wanted,
            resource => resource is FirewallRules && known is not null && known.Held.Contains(resource)
                ? _watcher.KnownRules(known.Uuid) switch
                {
                    true when !_bridges.HearsNfTables || _firewall?.Name != FirewallBackends.Nftables => null,
                    var whole => whole,
                }
                : null,
            cancellationToken);

    private Task<IReadOnlyDictionary<Guid, IReadOnlyCollection<HostResource>>> FindDriftedAsync(
        IReadOnlyDictionary<WatchedNetwork, Suspicion> suspects) =>
        _reconciler.FindDriftedAsync(
            suspects.ToDictionary(
                suspect => suspect.Key.Uuid,
                suspect => suspect.Key.Held.Where(resource => suspect.Value.HasFlag(
                    resource is FirewallRules or BridgeZone or LinkNameServer ? Suspicion.Rules : Suspicion.Links)).ToArray()),
            CancellationToken.None);

    /// <summary>What speaks against the network on this host.</summary>
    private async Task ThrowIfImpossibleAsync(
        NetworkDefinition network, ImmutableArray<HostResource> resources, CancellationToken cancellationToken)
    {
        if (network.OwnsBridge)
        {
            ThrowIfTaken(network);
        }
        else if (resources.Any(TrafficControl.Knows) && !LinkExists(network.BridgeName!))
        {
            throw LinkErrors.Internal($"Cannot find device \"{network.BridgeName}\" to limit its bandwidth");
        }

        if (_zones is not null)
        {
            await _zones.ThrowIfImpossibleAsync(network, cancellationToken);
        }
    }

    private void ThrowIfTaken(NetworkDefinition network)
    {
        string bridge = network.BridgeName!;
        LinkMessage? link = _netlink.FindLink(bridge);
        bool leftover = link is not null && BridgeLink.OwnerOf(link) == network.Uuid; // of a daemon that lost its state
        StartChecks.ThrowIfTaken(
            network,
            _netlink.ListRoutes(KernelFamily.Ipv4).FindAll(route => !leftover || route.Link != link!.Index),
            NameOfLink);
        if (link is not null && !leftover)
        {
            throw LinkErrors.CreatingBridge(bridge, LinkErrors.Exists);
        }
    }

    private void ThrowIfForwardingCutsHostOff(ImmutableArray<HostChange> plan)
    {
        if (plan.Any(change => change.After is Sysctl { Path: Sysctl.Ipv6Forwarding }))
        {
            StartChecks.ThrowIfForwardingCutsHostOff(
                _netlink.ListRoutes(KernelFamily.Ipv6),
                NameOfLink,
                name => int.TryParse(
                    SysctlChanges.Read($"net/ipv6/conf/{name}/accept_ra"), CultureInfo.InvariantCulture, out int value)
                    ? value
                    : null);
        }
    }

    private string NameOfLink(int index) => _netlink.FindLink(index)?.Name ?? index.ToString(CultureInfo.InvariantCulture);
}
