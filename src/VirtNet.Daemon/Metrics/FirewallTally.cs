using VirtNet.Host;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Daemon.Metrics;

/// <summary>Transactions that changed the rules of networks, and those that were refused. Safe on any thread.</summary>
internal sealed class FirewallTally
{
    private long _done;
    private long _refused;

    public long Done => Interlocked.Read(ref _done);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>The same backend, whose transactions are counted.</summary>
    public IFirewallBackend Count(IFirewallBackend backend) => new Counted(backend, this);

    private sealed class Counted(IFirewallBackend backend, FirewallTally tally) : IFirewallBackend
    {
        public string Name => backend.Name;

        public bool ChangesByPrograms => backend.ChangesByPrograms;

        public FirewallRules? RulesFor(NetworkDefinition network) => backend.RulesFor(network);

        public Task<IReadOnlySet<Guid>> FindIntactAsync(
            IReadOnlyCollection<FirewallRules> rules, CancellationToken cancellationToken) =>
            backend.FindIntactAsync(rules, cancellationToken);

        public async Task ApplyAsync(FirewallRules? before, FirewallRules? after, CancellationToken cancellationToken)
        {
            try
            {
                await backend.ApplyAsync(before, after, cancellationToken);
                Interlocked.Increment(ref tally._done);
            }
            catch (VirtNetException)
            {
                Interlocked.Increment(ref tally._refused);
                throw;
            }
        }

        public Task RemoveOthersAsync(
            IReadOnlyCollection<FirewallRules> keep, IReadOnlyCollection<string> bridges, CancellationToken cancellationToken) =>
            backend.RemoveOthersAsync(keep, bridges, cancellationToken);

        public Task RetireAsync(IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken) =>
            backend.RetireAsync(active, cancellationToken);

        public Task<IReadOnlyDictionary<HostPublication, ulong>> CountAsync(FirewallRules rules, CancellationToken cancellationToken) =>
            backend.CountAsync(rules, cancellationToken);

        public string Describe(FirewallRules rules) => backend.Describe(rules);
    }
}
