using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Watch;
using VirtNet.Model;

namespace VirtNet.Host;

/// <content>Live update, adoption and repair.</content>
public sealed partial class NetworkHost
{
    public async Task<Converged> ConvergeAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        NetworkDefinition network = desired.Network;
        Guid uuid = network.Uuid!.Value;
        WatchedNetwork? known = _watcher.Find(uuid);
        ImmutableArray<HostResource> resources = Desired(desired, known);
        bool repair = known is null || known.IsSame(resources);
        OwnBridge? bridge = FindBridge(network);
        Reconciled reconciled;
        _watcher.Suspend(uuid);
        try
        {
            if (FindObstacle(network, bridge) is { } obstacle)
            {
                return repair
                    ? await StandAsideAsync(network, resources, known, bridge!, obstacle, cancellationToken)
                    : throw LinkErrors.NotOurs(bridge!.Name);
            }

            ImmutableArray<HostResource> wanted = known?.WithoutRefused(resources) ?? resources;
            ImmutableArray<HostChange> plan = await PlanAsync(known, wanted, cancellationToken);
            reconciled = repair
                ? await _reconciler.RepairAsync(network.Name, plan, wanted, cancellationToken)
                : await _reconciler.ApplyAsync(network.Name, plan, wanted, change => IsOldFailure(change, known!), cancellationToken);
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

        Tell(network, reconciled.Changes, repair);
        _report.Tell(network, reconciled.Failed);
        if (known?.Bridge is { } former && former.Name != network.BridgeName)
        {
            _bridges.Forget(known);
        }

        IReadOnlyList<LinkMessage> lostPorts = LostPorts(reconciled.Changes);
        Watch(network, resources, reconciled, known?.Found);
        if (known is null)
        {
            _claims.Tell(network);
        }

        if (lostPorts.Count > 0)
        {
            _ports.PutBack(network.Name, network.BridgeName!, lostPorts);
        }

        return new Converged(reconciled.Changes, BridgeStanding.InPlace);
    }

    /// <summary>What could not be repaired before keeps nobody from changing something else.</summary>
    private static bool IsOldFailure(HostChange change, WatchedNetwork known) =>
        change.After is { } wanted && known.Failed.Contains(wanted.Key) && known.Desired.Contains(wanted);

    /// <summary>A bridge that was renamed gets its name back.</summary>
    /// <returns>What keeps the network off its bridge, for people; null = nothing.</returns>
    private string? FindObstacle(NetworkDefinition network, OwnBridge? bridge)
    {
        switch (bridge)
        {
            case { Stranger: not null, Link: { } strayed }:
                return $"its bridge was renamed to {strayed.Name}, and {bridge.Name} is another link now: when that one is renamed or "
                    + "removed, the bridge gets its name back";
            case { Stranger: not null }:
                return $"{bridge.Name} is not its bridge any more: somebody made another link of that name. It is left as it is; "
                    + "when it is renamed or removed, the network's own comes back";
            case { HasStrayed: true, Link: { } strayed }:
                try
                {
                    Rename(network, bridge);
                    return null;
                }
                catch (VirtNetException e)
                {
                    return $"its bridge was renamed to {strayed.Name}, and does not get its name back: {e.Message}";
                }

            default:
                return null;
        }
    }

    /// <summary>
    /// Leaves alone what has the name of a network's bridge and is not it. Rules follow a bridge that was renamed, so that its
    /// guests are never without; nothing of a bridge that is gone stays on another that happens to have its name.
    /// </summary>
    private async Task<Converged> StandAsideAsync(
        NetworkDefinition network, ImmutableArray<HostResource> resources, WatchedNetwork? known, OwnBridge bridge,
        string obstacle, CancellationToken cancellationToken)
    {
        FirewallRules? rules = bridge.Link is null
            ? null
            : _firewall?.RulesFor(network with { Bridge = network.Bridge! with { Name = bridge.Link.Name } });
        IEnumerable<FirewallRules> had = (known?.Held ?? []).OfType<FirewallRules>().Where(have => MayRemove(have, bridge));
        ImmutableArray<HostResource> wanted = rules is null ? [] : [rules with { Owner = network.Uuid }];
        Reconciled moved = await _reconciler.RepairAsync(
            network.Name,
            await _reconciler.PlanAsync(had, wanted, HostReconciler.Ask, cancellationToken),
            wanted,
            cancellationToken);
        HostResource[] kept = [.. resources.Where(resource => resource is not FirewallRules)];
        ImmutableArray<HostFailure> failed =
            [.. resources.Where(resource => resource.Owner is not null).Select(resource => new HostFailure(resource, obstacle))];
        Tell(network, moved.Changes, repair: true);
        _report.Tell(network, obstacle);
        Watch(network, resources, new Reconciled(moved.Changes, [.. kept, .. wanted], failed), known?.Found);
        return new Converged(moved.Changes, bridge.Link is null ? BridgeStanding.Lost : BridgeStanding.Strayed);
    }

    /// <summary>With an address the kernel drops routes, and other addresses of its subnet, that were to stay.</summary>
    private async Task<Reconciled> PutBackDroppedAsync(
        NetworkDefinition network, Reconciled reconciled, CancellationToken cancellationToken)
    {
        ImmutableArray<HostChange> dropped = await _reconciler.PlanAsync(
            known: [], reconciled.Held, belief: _ => true, cancellationToken);
        Reconciled put = await _reconciler.ApplyAsync(network.Name, dropped, reconciled.Held, cancellationToken);
        return put with
        {
            Changes = [.. reconciled.Changes, .. put.Changes],
            Failed = reconciled.Failed,
        };
    }

    private void Tell(NetworkDefinition network, ImmutableArray<HostChange> changes, bool repair)
    {
        if (changes.IsEmpty || !_logger.IsEnabled(repair ? LogLevel.Information : LogLevel.Debug))
        {
            return;
        }

        if (repair)
        {
            string who = _culprits.Of(network.Uuid!.Value, changes) is { } known ? $", undone by {known}" : "";
            _logger.Repaired(network.Name, RepairText.Of(changes) + who);
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
}
