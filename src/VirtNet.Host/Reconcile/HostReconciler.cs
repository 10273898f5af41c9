using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Link;

namespace VirtNet.Host.Reconcile;

/// <summary>Brings the host from what it is to what it shall be, or leaves it as it was.</summary>
internal sealed class HostReconciler(IHost host, ILogger<HostReconciler> logger)
{
    private const int Looks = 3;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    /// <param name="network">Its name, for the log.</param>
    /// <param name="known">What virtnet put there before, as far as it knows: goes where it is not desired any more.</param>
    public async Task<Reconciled> ConvergeAsync(
        string network, IEnumerable<HostResource> known, IReadOnlyCollection<HostResource> desired,
        CancellationToken cancellationToken) =>
        await ApplyAsync(network, await PlanAsync(known, desired, Ask, cancellationToken), desired, cancellationToken);

    /// <summary>Believes nothing of any resource.</summary>
    public static bool? Ask(HostResource resource) => null;

    /// <summary>Applies a plan for reaching what is desired: all of it, or nothing.</summary>
    public Task<Reconciled> ApplyAsync(
        string network, ImmutableArray<HostChange> plan, IReadOnlyCollection<HostResource> desired,
        CancellationToken cancellationToken) =>
        ApplyAsync(network, plan, desired, tolerates: _ => false, cancellationToken);

    /// <summary>Applies a plan, except that some changes may fail: the others are made all the same.</summary>
    /// <param name="tolerates">Says of a change that it may fail.</param>
    public async Task<Reconciled> ApplyAsync(
        string network, ImmutableArray<HostChange> plan, IReadOnlyCollection<HostResource> desired,
        Predicate<HostChange> tolerates, CancellationToken cancellationToken)
    {
        Stack<HostChange> undo = new();
        List<HostChange> done = [];
        List<HostFailure> failed = [];
        HashSet<string> refused = [];
        List<HostResource> left = [];
        try
        {
            foreach (HostChange change in plan)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (IsUnguarded(change, failed))
                {
                    failed.Add(new HostFailure(change.After!, "it must not be up without its firewall rules"));
                    continue;
                }

                undo.Push(change);
                try
                {
                    await host.ApplyAsync(change, cancellationToken);
                    done.Add(change);
                }
                catch (Exception e) when (change.After is { BestEffort: true } && e is not OperationCanceledException)
                {
                    undo.Pop();
                    refused.Add(change.After.Key);
                    logger.DoneWithout(network, change.After.Summary, e.Message);
                }
                catch (Exception e) when (tolerates(change) && e is not OperationCanceledException)
                {
                    undo.Pop();
                    failed.Add(new HostFailure((change.After ?? change.Before)!, e.Message));
                    if (change is { After: null, Before: { } stays })
                    {
                        left.Add(stays);
                    }
                }
            }
        }
        catch
        {
            await UndoAsync(network, undo.Reverse());
            throw;
        }

        return new Reconciled([.. done], [.. desired.Where(resource => !refused.Contains(resource.Key)), .. left], [.. failed]);
    }

    /// <summary>
    /// Applies a plan as far as the host lets it: what fails keeps nothing else away. Rules come first, and without them
    /// nothing comes up that they are to guard.
    /// </summary>
    public Task<Reconciled> RepairAsync(
        string network, ImmutableArray<HostChange> plan, IReadOnlyCollection<HostResource> desired,
        CancellationToken cancellationToken)
    {
        // A stable sort: among themselves they keep the order of the plan.
        ImmutableArray<HostChange> ordered =
            [.. plan.OrderBy(change => change.After is null ? 0 : change.After is FirewallRules ? 1 : 2)];
        return ApplyAsync(network, ordered, desired, tolerates: _ => true, cancellationToken);
    }

    /// <summary>Undoes changes, newest first. Never cancelled; what cannot be undone is logged.</summary>
    public async Task UndoAsync(string network, IEnumerable<HostChange> applied)
    {
        foreach (HostChange change in HostDiff.Inverse([.. applied]))
        {
            try
            {
                await host.ApplyAsync(change, CancellationToken.None);
            }
            catch (Exception e)
            {
                logger.UndoFailed(network, change, e);
            }
        }
    }

    /// <summary>What converging would do.</summary>
    /// <param name="belief">
    /// Of an opaque resource: it is there as it shall be (true), it is not (false), or the host must be asked (null).
    /// </param>
    public async Task<ImmutableArray<HostChange>> PlanAsync(
        IEnumerable<HostResource> known, IReadOnlyCollection<HostResource> desired, Func<HostResource, bool?> belief,
        CancellationToken cancellationToken)
    {
        Dictionary<string, HostResource> wanted = desired.ToDictionary(resource => resource.Key);
        Dictionary<string, HostResource> probed = new(wanted);
        Dictionary<string, HostResource> current = [];
        foreach (HostResource want in desired.Where(want => want.IsOpaque))
        {
            if (belief(want) is not { } isThere)
            {
                continue; // the host is asked
            }

            probed.Remove(want.Key);
            if (isThere)
            {
                current.Add(want.Key, want);
            }
        }

        foreach (HostResource have in known)
        {
            if (have.IsOpaque && have != wanted.GetValueOrDefault(have.Key))
            {
                probed.Remove(have.Key); // going anyway; and if it is damaged, what is left of it must go too
                current[have.Key] = have;
            }
            else if (!have.Stays && !wanted.ContainsKey(have.Key))
            {
                probed.TryAdd(have.Key, have);
            }
        }

        foreach ((string key, HostResource have) in await host.ReadAsync(probed.Values, cancellationToken))
        {
            current.Add(key, have);
        }

        return HostDiff.Between(current, wanted);
    }

    /// <summary>Which of these differ on the host; networks without any are left out.</summary>
    /// <param name="held">By network, what the host held when virtnet last touched it.</param>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyCollection<HostResource>>> FindDriftedAsync(
        IReadOnlyDictionary<Guid, HostResource[]> held, CancellationToken cancellationToken)
    {
        HostResource[] all = [.. held.Values.SelectMany(resources => resources).DistinctBy(resource => resource.Key)];
        IReadOnlyDictionary<string, HostResource> current = await host.ReadAsync(all, cancellationToken);
        Dictionary<Guid, IReadOnlyCollection<HostResource>> drifted = [];
        foreach ((Guid network, HostResource[] resources) in held)
        {
            HostResource[] wrong = [.. resources.Where(want => current.GetValueOrDefault(want.Key) != want)];
            if (wrong.Length > 0)
            {
                drifted.Add(network, wrong);
            }
        }

        return drifted;
    }

    /// <summary>Removes all of this; goes on after errors, which are logged.</summary>
    public async Task RemoveAsync(string network, IReadOnlyCollection<HostResource> known, CancellationToken cancellationToken)
    {
        foreach (HostChange change in await PlanRemovalAsync(known, cancellationToken))
        {
            try
            {
                await host.ApplyAsync(change, CancellationToken.None);
            }
            catch (Exception e)
            {
                logger.CouldNotRemove(network, change.Before!.Summary, e);
            }
        }
    }

    /// <remarks>There is no later moment for it: a kernel that is short of memory at this one is asked again.</remarks>
    private async Task<ImmutableArray<HostChange>> PlanRemovalAsync(
        IReadOnlyCollection<HostResource> known, CancellationToken cancellationToken)
    {
        for (int look = 1; ; look++)
        {
            try
            {
                return await PlanAsync(known, [], Ask, cancellationToken);
            }
            catch (Exception e) when (look < Looks && e is not OperationCanceledException)
            {
                await Task.Delay(LookAgain, cancellationToken);
            }
        }
    }

    private static bool IsUnguarded(HostChange change, List<HostFailure> failed) =>
        change is { Before: null, After: BridgeLink or BridgeUp } && failed.Any(failure => failure.Resource is FirewallRules);
}

/// <summary>What converging did.</summary>
/// <param name="Held">
/// What is now on the host: all that was desired, except what the host refused and may do without; and what could not be removed.
/// </param>
/// <param name="Failed">Of that, what is not there, or is there still, all the same, and shall be tried again.</param>
internal sealed record Reconciled(
    ImmutableArray<HostChange> Changes, ImmutableArray<HostResource> Held, ImmutableArray<HostFailure> Failed);

/// <summary>One thing that the host would not take, or not give back.</summary>
internal sealed record HostFailure(HostResource Resource, string Reason);
