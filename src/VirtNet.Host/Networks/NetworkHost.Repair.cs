using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Watch;
using VirtNet.Model;

namespace VirtNet.Host.Networks;

/// <content>Live update, adoption and repair.</content>
public sealed partial class NetworkHost
{
    public async Task<Converged> ConvergeAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        NetworkDefinition network = desired.Network;
        Guid uuid = network.Uuid!.Value;
        using IDisposable turn = await _removals.EnterAsync(uuid, cancellationToken);
        WatchedNetwork? known = _watcher.Find(uuid);
        ImmutableArray<HostResource> resources = Desired(desired, known);
        bool repair = known is null || known.IsSame(resources);
        OwnBridge? bridge = FindBridge(network);
        Reconciled? reconciled = null;
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
                : await _reconciler.ApplyAsync(network.Name, plan, wanted, known!.IsOldFailure, cancellationToken);
            if (reconciled.Changes.Any(change => change is { Before: BridgeAddress, After: null }))
            {
                reconciled = await PutBackDroppedAsync(network, reconciled, repair, cancellationToken);
            }

            Settle(network, resources, reconciled, known, repair);
            _staleFlows.Forget(network.Name, known?.Held ?? [], reconciled.Held);
            return new Converged(reconciled.Changes, BridgeStanding.InPlace);
        }
        catch
        {
            if (!repair && reconciled is not null)
            {
                await _reconciler.UndoAsync(network.Name, reconciled.Changes);
            }

            _watcher.Resume(uuid);
            throw;
        }
    }

    /// <summary>After the host was changed: says so, watches what is there now, and plugs in again who was on a bridge that was lost.</summary>
    private void Settle(
        NetworkDefinition network, ImmutableArray<HostResource> resources, Reconciled reconciled, WatchedNetwork? known, bool repair)
    {
        Tell(network, reconciled.Changes, repair);
        _report.Tell(network, reconciled.Failed);
        if (known?.Bridge is { } former && former.Name != network.BridgeName)
        {
            _bridges.Forget(known);
        }

        IReadOnlyList<LinkMessage> lostPorts = LostPorts(reconciled.Changes);
        Watch(network, resources, reconciled);
        if (lostPorts.Count > 0)
        {
            _ports.PutBack(network.Name, network.BridgeName!, lostPorts);
        }
    }

    /// <summary>A bridge that was renamed gets its name back.</summary>
    /// <returns>What keeps the network off its bridge; null = nothing.</returns>
    private Obstacle? FindObstacle(NetworkDefinition network, OwnBridge? bridge)
    {
        switch (bridge?.Standing)
        {
            case BridgeStanding.Strayed:
                return new Obstacle(
                    BridgeStanding.Strayed,
                    $"its bridge was renamed to {bridge.Link!.Name}, and {bridge.Name} is another link now: when that one is renamed or "
                    + "removed, the bridge gets its name back");
            case BridgeStanding.Lost when IsDisowned(bridge):
                return new Obstacle(
                    BridgeStanding.Lost,
                    $"{bridge.Name} has lost the network's mark, and is not taken over: guests on it are as they were, behind the network's "
                    + "firewall rules, but nobody serves them. To have it back: ip link set "
                    + $"{bridge.Name} alias {BridgeLink.AliasOf(network.Uuid!.Value)}; net-destroy takes the rules away");
            case BridgeStanding.Lost:
                return new Obstacle(
                    BridgeStanding.Lost,
                    $"{bridge.Name} is not its bridge any more: somebody made another link of that name. It is left as it is; "
                    + "when it is renamed or removed, the network's own comes back");
            case BridgeStanding.InPlace when bridge.HasStrayed:
                try
                {
                    Rename(network, bridge);
                    return null;
                }
                catch (VirtNetException e)
                {
                    return new Obstacle(
                        BridgeStanding.Strayed,
                        $"its bridge was renamed to {bridge.Link!.Name}, and does not get its name back: {e.Message}");
                }

            default:
                return null;
        }
    }

    /// <summary>
    /// Leaves alone what has the name of a network's bridge and is not it. Rules follow a bridge that was renamed, so that its
    /// guests are never without, and stay around one that somebody took the mark off, for the same reason; nothing of a bridge that is
    /// gone stays on another that happens to have its name.
    /// </summary>
    private async Task<Converged> StandAsideAsync(
        NetworkDefinition network, ImmutableArray<HostResource> resources, WatchedNetwork? known, OwnBridge bridge,
        Obstacle obstacle, CancellationToken cancellationToken)
    {
        FirewallRules? opened = resources.OfType<FirewallRules>().FirstOrDefault();
        FirewallRules? rules = bridge.Link is null
            ? IsDisowned(bridge) ? opened : null
            : _firewall?.RulesFor(network with { Bridge = network.Bridge! with { Name = bridge.Link.Name } });
        IEnumerable<FirewallRules> had = (known?.Held ?? []).OfType<FirewallRules>().Where(have => MayRemove(have, bridge));
        ImmutableArray<HostResource> wanted = rules is null ? []
            : [rules with { Owner = network.Uuid, Publications = opened?.Publications ?? [], Peers = opened?.Peers ?? [] }];
        Reconciled moved = await _reconciler.RepairAsync(
            network.Name,
            await _reconciler.PlanAsync(had, wanted, HostReconciler.Ask, cancellationToken),
            wanted,
            cancellationToken);
        HostResource[] kept = [.. resources.Where(resource => resource is not FirewallRules)];
        ImmutableArray<HostFailure> failed =
            [.. resources.Where(resource => resource.Owner is not null).Select(resource => new HostFailure(resource, obstacle.Text))];
        Tell(network, moved.Changes, repair: true);
        _report.Tell(network, obstacle.Text);
        Watch(network, resources, new Reconciled(moved.Changes, [.. kept, .. wanted], failed));
        return new Converged(moved.Changes, obstacle.Standing);
    }

    /// <summary>With an address the kernel drops routes, and other addresses of its subnet, that were to stay.</summary>
    private async Task<Reconciled> PutBackDroppedAsync(
        NetworkDefinition network, Reconciled reconciled, bool repair, CancellationToken cancellationToken)
    {
        // What has failed a moment ago is not tried again, and nothing may come up for want of it now.
        HashSet<string> failed = [.. reconciled.Failed.Select(failure => failure.Resource.Key)];
        ILookup<bool, HostResource> held = reconciled.Held.ToLookup(resource => failed.Contains(resource.Key));
        HostResource[] there = [.. held[false]];
        ImmutableArray<HostChange> dropped = await _reconciler.PlanAsync(known: [], there, belief: _ => true, cancellationToken);
        Reconciled put = repair
            ? await _reconciler.RepairAsync(network.Name, dropped, there, cancellationToken)
            : await _reconciler.ApplyAsync(network.Name, dropped, there, cancellationToken);
        return new Reconciled(
            [.. reconciled.Changes, .. put.Changes], [.. put.Held, .. held[true]], [.. reconciled.Failed, .. put.Failed]);
    }

    private void Tell(NetworkDefinition network, ImmutableArray<HostChange> changes, bool repair)
    {
        foreach (HostChange change in repair ? changes : [])
        {
            _repairs.Add((change.After ?? change.Before)!.Kind);
        }

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

    /// <summary>Something that keeps a network off its bridge.</summary>
    /// <param name="Standing">How it is with the bridge because of it.</param>
    /// <param name="Text">For people.</param>
    private sealed record Obstacle(BridgeStanding Standing, string Text);
}
