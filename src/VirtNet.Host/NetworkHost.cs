using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Firewalld;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Reconcile;
using VirtNet.Model;

namespace VirtNet.Host;

/// <summary>The host of this process's network namespace.</summary>
public sealed class NetworkHost : INetworkHost, IAsyncDisposable
{
    private readonly RtnetlinkClient _netlink = new();
    private readonly IFirewallBackend? _firewall;
    private readonly FirewalldZones? _zones;
    private readonly LinuxHost _host;
    private readonly HostReconciler _reconciler;
    private readonly ConcurrentDictionary<Guid, ImmutableArray<HostResource>> _held = [];
    private readonly Channel<Guid> _drift = Channel.CreateUnbounded<Guid>();

    /// <param name="firewall">Null = networks without rules.</param>
    /// <param name="zones">Null = firewalld is left alone.</param>
    public NetworkHost(IFirewallBackend? firewall, ILoggerFactory loggers, FirewalldZones? zones = null)
    {
        _firewall = firewall;
        _zones = zones;
        _host = new LinuxHost(_netlink, firewall, zones);
        _reconciler = new HostReconciler(_host, loggers.CreateLogger<HostReconciler>());
    }

    public ChannelReader<Guid> Drift => _drift.Reader;

    public async Task StartAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        NetworkDefinition network = desired.Network;
        ImmutableArray<HostResource> resources = DesiredState.For(desired, _firewall, _zones is not null);
        if (network.OwnsBridge)
        {
            ThrowIfTaken(network);
        }

        if (_zones is not null)
        {
            await _zones.ThrowIfImpossibleAsync(network, cancellationToken);
        }

        // Rules are not looked for: there should be none, and if there are some, they are replaced as a whole.
        ImmutableArray<HostChange> plan = await _reconciler.PlanAsync(
            known: [], [.. resources.Where(resource => resource is not FirewallRules)], cancellationToken);
        plan =
        [
            .. plan.Concat(resources.OfType<FirewallRules>().Select(rules => new HostChange(Before: null, rules)))
                .OrderBy(change => change.After!.Rank),
        ];
        ThrowIfForwardingCutsHostOff(plan);
        Reconciled reconciled = await _reconciler.ApplyAsync(network.Name, plan, resources, cancellationToken);
        _held[network.Uuid!.Value] = reconciled.Held;
    }

    public async Task<IReadOnlyList<HostChange>> ConvergeAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        NetworkDefinition network = desired.Network;
        Guid uuid = network.Uuid!.Value;
        ImmutableArray<HostResource> resources = DesiredState.For(desired, _firewall, _zones is not null);
        Reconciled reconciled = await _reconciler.ConvergeAsync(
            network.Name, _held.GetValueOrDefault(uuid, []), resources, cancellationToken);
        _held[uuid] = reconciled.Held;
        return reconciled.Changes;
    }

    public async Task StopAsync(NetworkHostState last, CancellationToken cancellationToken)
    {
        NetworkDefinition network = last.Network;
        _held.TryRemove(network.Uuid!.Value, out ImmutableArray<HostResource> held);
        ImmutableArray<HostResource> known = DesiredState.For(last, _firewall, _zones is not null);
        await _reconciler.RemoveAsync(
            network.Name,
            held.IsDefault ? known : [.. held.Concat(known).DistinctBy(resource => resource.Key)],
            cancellationToken);
    }

    public async Task<IReadOnlyList<HostChange>> PlanAsync(NetworkHostState desired, CancellationToken cancellationToken) =>
        await _reconciler.PlanAsync(
            _held.GetValueOrDefault(desired.Network.Uuid ?? Guid.Empty, []),
            DesiredState.For(desired, _firewall, _zones is not null),
            cancellationToken);

    public bool LinkExists(string name) => _netlink.FindLink(name) is not null;

    public ValueTask DisposeAsync()
    {
        _drift.Writer.TryComplete();
        _host.Dispose();
        _netlink.Dispose();
        return ValueTask.CompletedTask;
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
