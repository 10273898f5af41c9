using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>
/// A backend that also cares for the other firewalls of the host: makes Docker let guests pass, and warns about those that
/// will not. Nothing of this keeps a network from starting.
/// </summary>
/// <param name="docker">Null where our rules come before Docker's anyway.</param>
internal sealed class NeighbourlyBackend(
    IFirewallBackend backend, ForeignFirewalls foreign, DockerUserChain? docker, ILogger<NeighbourlyBackend> logger)
    : IFirewallBackend, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly OwnRules _own = new();

    public string Name => backend.Name;

    public void Dispose()
    {
        _turn.Dispose();
        (backend as IDisposable)?.Dispose();
    }

    public FirewallRules? RulesFor(NetworkDefinition network) => backend.RulesFor(network);

    public string Describe(FirewallRules rules) => backend.Describe(rules);

    public async Task<IReadOnlySet<Guid>> FindIntactAsync(
        IReadOnlyCollection<FirewallRules> rules, CancellationToken cancellationToken)
    {
        IReadOnlySet<Guid> intact = await backend.FindIntactAsync(rules, cancellationToken);
        if (docker is null || intact.Count == 0)
        {
            return intact;
        }

        HashSet<string> passable = [];
        await AttemptAsync(
            "*",
            async chains => passable = await docker.FindPassableAsync(chains, rules.Select(rule => rule.Bridge), cancellationToken),
            again: true,
            cancellationToken);
        return rules.Where(rule => intact.Contains(rule.Network) && passable.Contains(rule.Bridge))
            .Select(rule => rule.Network).ToHashSet();
    }

    public async Task ApplyAsync(FirewallRules? before, FirewallRules? after, CancellationToken cancellationToken)
    {
        await backend.ApplyAsync(before, after, cancellationToken);
        if (before is not null && before.Bridge != after?.Bridge)
        {
            await AttemptAsync(
                before.Bridge,
                async chains =>
                {
                    _own.Remember(before, after: null);
                    await DismissAsync(chains, bridge => bridge != before.Bridge, cancellationToken);
                },
                again: false,
                cancellationToken);
        }

        if (after is not null)
        {
            await AttemptAsync(
                after.Bridge,
                async chains =>
                {
                    _own.Remember(before, after);
                    if (docker is not null)
                    {
                        await docker.AdmitAsync(after.Bridge, chains, cancellationToken);
                    }

                    foreign.Warn(after, chains, docker is null ? [] : DockerUserChain.Droppers(chains));
                },
                again: before is not null, // a repair: whoever disturbed us may have just come
                cancellationToken);
        }
    }

    public async Task RemoveOthersAsync(
        IReadOnlyCollection<FirewallRules> keep, IReadOnlyCollection<string> bridges, CancellationToken cancellationToken)
    {
        await backend.RemoveOthersAsync(keep, bridges, cancellationToken);
        await AttemptAsync(
            "*",
            async chains =>
            {
                HashSet<string> kept = _own.With(keep).Select(rules => rules.Bridge).Concat(bridges).ToHashSet();
                await DismissAsync(chains, kept.Contains, cancellationToken);
            },
            again: false,
            cancellationToken);
    }

    public async Task RetireAsync(IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken)
    {
        await backend.RetireAsync(active, cancellationToken);
        await AttemptAsync(
            "*", chains => DismissAsync(chains, _ => false, cancellationToken), again: false, cancellationToken);
    }

    private Task DismissAsync(
        IReadOnlyList<ForeignChain> chains, Func<string, bool> keep, CancellationToken cancellationToken) =>
        docker is null ? Task.CompletedTask : docker.DismissAsync(keep, chains, cancellationToken);

    private async Task AttemptAsync(
        string bridge, Func<IReadOnlyList<ForeignChain>, Task> adapt, bool again, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await adapt(await foreign.LookAsync(again, cancellationToken));
        }
        catch (HostCommandException e)
        {
            logger.ForeignFirewallFailed(bridge, e);
        }
        finally
        {
            _turn.Release();
        }
    }
}
