using VirtNet.Host.Firewall;

namespace VirtNet.Host.Nft;

/// <summary>
/// What networks have in virtnet's table, as far as this process knows. Two networks may share an element, when their bridges
/// have one address: it goes with the last of them.
/// </summary>
internal sealed class NftHoldings
{
    private readonly OwnRules _rules = new();
    private readonly Dictionary<string, IReadOnlyList<NftElement>> _byBridge = [];
    private readonly Dictionary<(string Set, string Key), Dictionary<string, NftElement>> _users = [];

    private readonly Dictionary<string, int> _uses = [];

    public int Count => _byBridge.Count;

    public IEnumerable<NftElement> All => _byBridge.Values.SelectMany(elements => elements).Distinct();

    /// <summary>Chains of single publications.</summary>
    public IEnumerable<PublishedChain> Chains => _rules.All.SelectMany(PublicationRenderer.Chains);

    public IReadOnlyList<NftElement> Of(string bridge) => _byBridge.GetValueOrDefault(bridge) ?? [];

    public bool Has(string bridge) => _byBridge.ContainsKey(bridge);

    /// <summary>Whether any network has an element in this set.</summary>
    public bool Uses(string set) => _uses.ContainsKey(set);

    public void Set(FirewallRules rules, IReadOnlyList<NftElement> elements)
    {
        Remove(rules.Bridge);
        _rules.Remember(before: null, rules);
        _byBridge.Add(rules.Bridge, elements);
        foreach (NftElement element in elements)
        {
            _uses[element.Set] = _uses.GetValueOrDefault(element.Set) + 1;
            if (!_users.TryGetValue((element.Set, element.Key), out Dictionary<string, NftElement>? users))
            {
                _users.Add((element.Set, element.Key), users = []);
            }

            users[rules.Bridge] = element;
        }
    }

    public void Remove(string bridge)
    {
        if (!_byBridge.Remove(bridge, out IReadOnlyList<NftElement>? elements))
        {
            return;
        }

        _rules.Forget(bridge);
        foreach (NftElement element in elements)
        {
            if (--_uses[element.Set] == 0)
            {
                _uses.Remove(element.Set);
            }

            Dictionary<string, NftElement> users = _users[(element.Set, element.Key)];
            users.Remove(bridge);
            if (users.Count == 0)
            {
                _users.Remove((element.Set, element.Key));
            }
        }
    }

    /// <summary>Whether a network on another bridge than these has an element of this key.</summary>
    public bool IsUsedBeside(NftElement element, params ReadOnlySpan<string?> bridges)
    {
        if (_users.TryGetValue((element.Set, element.Key), out Dictionary<string, NftElement>? users))
        {
            foreach (string user in users.Keys)
            {
                if (!bridges.Contains(user))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>What a network can have: for one key there is one value, and who came first has it.</summary>
    public IReadOnlyList<NftElement> Possible(string bridge, IEnumerable<NftElement> wanted) => [.. wanted.Where(element =>
        !_users.TryGetValue((element.Set, element.Key), out Dictionary<string, NftElement>? users)
        || users.All(user => user.Key == bridge || user.Value == element))];

    /// <summary>The rules of all networks here, and of these others.</summary>
    public IReadOnlyCollection<FirewallRules> With(IEnumerable<FirewallRules> others) => _rules.With(others);
}
