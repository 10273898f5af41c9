namespace VirtNet.Host.Firewall;

/// <summary>
/// What this process has put into the kernel. Never anybody's leftovers, although a network may have started after the list of
/// those to keep was made.
/// </summary>
internal sealed class OwnRules
{
    private readonly Dictionary<string, FirewallRules> _byBridge = [];

    public IReadOnlyCollection<FirewallRules> All => _byBridge.Values;

    public void Remember(FirewallRules? before, FirewallRules? after)
    {
        if (before is not null)
        {
            Forget(before.Bridge);
        }

        if (after is not null)
        {
            _byBridge[after.Bridge] = after;
        }
    }

    public void Forget(string bridge) => _byBridge.Remove(bridge);

    /// <summary>These and ours; ours are newer where both speak of one bridge.</summary>
    public IReadOnlyCollection<FirewallRules> With(IEnumerable<FirewallRules> others) =>
        [.. _byBridge.Values, .. others.Where(rules => !_byBridge.ContainsKey(rules.Bridge))];
}
