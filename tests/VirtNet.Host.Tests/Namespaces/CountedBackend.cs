using System.Collections.Concurrent;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>A backend, and of which networks it was asked whether their rules are whole.</summary>
internal sealed class CountedBackend(IFirewallBackend backend) : IFirewallBackend, IDisposable
{
    public ConcurrentQueue<string[]> Looks { get; } = [];

    public string Name => backend.Name;

    public bool ChangesByPrograms => backend.ChangesByPrograms;

    public FirewallRules? RulesFor(NetworkDefinition network) => backend.RulesFor(network);

    public Task<IReadOnlySet<Guid>> FindIntactAsync(IReadOnlyCollection<FirewallRules> rules, CancellationToken cancellationToken)
    {
        Looks.Enqueue([.. rules.Select(rule => rule.NetworkName).Order()]);
        return backend.FindIntactAsync(rules, cancellationToken);
    }

    public Task ApplyAsync(FirewallRules? before, FirewallRules? after, CancellationToken cancellationToken) =>
        backend.ApplyAsync(before, after, cancellationToken);

    public Task RemoveOthersAsync(
        IReadOnlyCollection<FirewallRules> keep, IReadOnlyCollection<string> bridges, CancellationToken cancellationToken) =>
        backend.RemoveOthersAsync(keep, bridges, cancellationToken);

    public Task RetireAsync(IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken) =>
        backend.RetireAsync(active, cancellationToken);

    public Task<IReadOnlyDictionary<HostPublication, ulong>> CountAsync(FirewallRules rules, CancellationToken cancellationToken) =>
        backend.CountAsync(rules, cancellationToken);

    public string Describe(FirewallRules rules) => backend.Describe(rules);

    public void Dispose() => (backend as IDisposable)?.Dispose();
}
