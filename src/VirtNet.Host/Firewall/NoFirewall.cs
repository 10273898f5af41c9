using VirtNet.Model;

namespace VirtNet.Host.Firewall;

/// <summary>
/// <c>firewall_backend = "none"</c>, as libvirt has it: this host's rules are nobody's business but its administrator's. Networks
/// that need none of their own run; those whose guests are forwarded or translated are refused.
/// </summary>
internal sealed class NoFirewall : IFirewallBackend
{
    public string Name => BackendNames.None;

    public FirewallRules? RulesFor(NetworkDefinition network) => network.Forward.Mode is ForwardMode.Nat or ForwardMode.Route
        ? throw new VirtNetException(
            VirErrorCode.NoSupport, "this function is not supported by the connection driver: No firewall backend is available")
        : null;

    public Task<IReadOnlySet<Guid>> FindIntactAsync(
        IReadOnlyCollection<FirewallRules> rules, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<Guid>>(new HashSet<Guid>());

    public Task ApplyAsync(FirewallRules? before, FirewallRules? after, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RemoveOthersAsync(
        IReadOnlyCollection<FirewallRules> keep, IReadOnlyCollection<string> bridges, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task RetireAsync(IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyDictionary<HostPublication, ulong>> CountAsync(FirewallRules rules, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<HostPublication, ulong>>(new Dictionary<HostPublication, ulong>());

    public string Describe(FirewallRules rules) => "";
}
