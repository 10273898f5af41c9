using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>
/// All networks in one table of our own, as elements of sets that constant rules look up: what a network costs does not depend
/// on how many there are. Networks that come or go at the same time are one transaction; the rules themselves are written when they
/// are missing or damaged. The last network takes the table along.
/// </summary>
internal sealed partial class NftBackend : IFirewallBackend, IDisposable
{
    /// <summary>Up to this many networks are asked for element by element; for more, whole sets are cheaper.</summary>
    private const int FewNetworks = 64;

    /// <summary>Elements in one transaction, where there are many to remove.</summary>
    private const int ManyElements = 512;

    private const string RemoveTable = $"add table {NftNames.Table}\ndelete table {NftNames.Table}\n";

    private readonly INftSession _nft;
    private readonly INftKernel _kernel;
    private readonly Func<bool>? _hasHooks;
    private readonly ILogger<NftBackend> _logger;
    private readonly NftTurns _turns = new();
    private readonly NftCommits<NftRulesChange> _commits;

    private readonly NftHoldings _holdings = new();

    /// <summary>By bridge, what was in the table when this process came and nobody has claimed yet.</summary>
    private readonly Dictionary<string, HashSet<NftElement>> _found = [];

    /// <summary>Bridges that have chains of their own.</summary>
    private readonly HashSet<string> _places = [];

    /// <summary>Those of them whose chains an earlier version made: with its rules, which would be asked before ours.</summary>
    private readonly HashSet<string> _former = [];

    /// <summary>Chains of single publications that may be there.</summary>
    private readonly HashSet<string> _published = [];

    /// <summary>Sets that the skeleton has, or had; null until the table was read once.</summary>
    private HashSet<string>? _sets;
    private NftSkeleton? _skeleton;

    /// <param name="hasHooks">Whether a hook script may want a place for rules of its own; null = never.</param>
    public NftBackend(INftSession nft, INftKernel kernel, Func<bool>? hasHooks, ILogger<NftBackend> logger)
    {
        _nft = nft;
        _kernel = kernel;
        _hasHooks = hasHooks;
        _logger = logger;
        _commits = new(_turns, ApplyTogetherAsync, ApplyAloneAsync);
    }

    public string Name => BackendNames.Nftables;

    public bool ChangesByPrograms => _nft is NftProgram;

    public FirewallRules? RulesFor(NetworkDefinition network) =>
        FirewallPlanner.RulesFor(network) is { } rules ? rules with { HookPlaces = _hasHooks?.Invoke() == true } : null;

    public string Describe(FirewallRules rules)
    {
        IReadOnlyList<NftElement> elements = NftRenderer.Render(rules);
        return new NftSkeleton(elements.Select(element => element.Set))
            + string.Concat(PublicationRenderer.Chains(rules).Select(chain => chain.Script))
            + string.Concat(elements.Select(element => $"add element {NftNames.Table} {element.Set} {{ {element} }}\n"))
            + (rules.HookPlaces ? HookPlaces.Add(rules.Bridge) : "");
    }

    public void Dispose()
    {
        _turns.Dispose();
        (_kernel as IDisposable)?.Dispose();
        (_nft as IDisposable)?.Dispose();
    }

    public Task<IReadOnlyDictionary<HostPublication, ulong>> CountAsync(FirewallRules rules, CancellationToken cancellationToken)
    {
        // Of several at one place it is not known whose clients they were.
        HostPublication[] counting = [.. PublicationRenderer.Places(rules).Where(place => place.Length == 1).Select(place => place[0])];
        NftElement[][] entrances = [.. counting.Select(publication => PublicationRenderer.Entrances(rules.Bridge, [publication]).ToArray())];
        return _turns.ReadAsync<IReadOnlyDictionary<HostPublication, ulong>>(() => Count(counting, entrances), cancellationToken);
    }

    private Dictionary<HostPublication, ulong> Count(HostPublication[] counting, NftElement[][] entrances)
    {
        IReadOnlyDictionary<NftElement, ulong> counted = _kernel.Count([.. entrances.SelectMany(elements => elements)]);
        Dictionary<HostPublication, ulong> found = [];
        for (int i = 0; i < counting.Length; i++)
        {
            ulong[] numbers = [.. entrances[i].Where(counted.ContainsKey).Select(element => counted[element])];
            if (numbers.Length > 0)
            {
                found[counting[i]] = numbers.Aggregate((a, b) => a + b);
            }
        }

        return found;
    }

    public Task<IReadOnlySet<Guid>> FindIntactAsync(IReadOnlyCollection<FirewallRules> rules, CancellationToken cancellationToken) =>
        _turns.ReadAsync<IReadOnlySet<Guid>>(() => FindIntact(rules), cancellationToken);

    private HashSet<Guid> FindIntact(IReadOnlyCollection<FirewallRules> rules)
    {
        ReadOnce();
        HashSet<Guid> intact = [];
        NftSkeleton skeleton = Skeleton();
        string[] chains = [.. skeleton.Comments.Keys, .. rules.SelectMany(ChainsOf).OfType<string>()];
        if (_kernel.ReadTable(chains) is not { } table || !table.Is(skeleton))
        {
            return intact;
        }

        (FirewallRules Rules, IReadOnlyList<NftElement> Elements, NftElement[] Places)[] wanted =
            [.. rules.Select(one => (one, _holdings.Possible(one.Bridge, NftRenderer.Render(one)), PlacesOf(one)))];
        NftElement[] all = [.. wanted.SelectMany(one => one.Elements.Concat(one.Places))];
        HashSet<NftElement> have = wanted.Length <= FewNetworks
            ? [.. _kernel.Find(all)]
            : [.. all.Select(element => element.Set).Distinct().SelectMany(_kernel.List)];
        foreach ((FirewallRules network, IReadOnlyList<NftElement> elements, NftElement[] places) in wanted)
        {
            if (elements.All(have.Contains) && HasNoMore(network.Bridge, elements) && places.All(have.Contains)
                && PublicationRenderer.Chains(network).All(table.Has))
            {
                intact.Add(network.Network);
                if (!_holdings.Has(network.Bridge)) // else it is known already, perhaps as it became meanwhile
                {
                    _holdings.Set(network, elements);
                    _found.Remove(network.Bridge);
                }
            }
        }

        return intact;
    }

    public Task RetireAsync(IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken) =>
        RemoveOthersAsync([], [], cancellationToken);

    private static IEnumerable<string?> ChainsOf(FirewallRules? rules) =>
        rules is null ? [] : PublicationRenderer.Chains(rules).Select(chain => chain.Name);

    /// <summary>The shared part for all sets that are in use.</summary>
    private NftSkeleton Skeleton() => _skeleton is { } known && known.Covers(_sets!) ? known : _skeleton = new NftSkeleton(_sets!);

    private async Task RemovePlacesAsync(string bridge)
    {
        if (_places.Contains(bridge))
        {
            await _nft.ExecuteAsync(HookPlaces.Remove(bridge, _sets!), CancellationToken.None);
            _places.Remove(bridge);
            _former.Remove(bridge);
        }
    }

    /// <summary>The elements of a network's own chains; none where it needs none.</summary>
    private static NftElement[] PlacesOf(FirewallRules rules) => rules.HookPlaces ? [.. HookPlaces.Of(rules.Bridge)] : [];

    private bool HasNoMore(string bridge, IReadOnlyList<NftElement> elements) =>
        !_found.TryGetValue(bridge, out HashSet<NftElement>? found) || found.IsSubsetOf(elements);

    private bool IsAnybodyThere() => _kernel.List(NftSet.Bridges).Count > 0 || _kernel.List(PublicationSets.Bridges).Count > 0
        || _kernel.List(PeerSets.Pairs).Count > 0 || NftNames.BridgeMaps.Any(map => _kernel.List(map).Count > 0);

    /// <summary>What is there already when this process comes: the only time that everything is read.</summary>
    private HashSet<string> ReadOnce()
    {
        if (_sets is not null)
        {
            return _sets;
        }

        HashSet<string> sets = [.. _kernel.ListSets().Where(name => NftSet.Named(name) is not null)];
        foreach (NftElement element in sets.SelectMany(_kernel.List))
        {
            if (element.Bridge is not { } bridge)
            {
                continue;
            }

            if (NftNames.BridgeMaps.Contains(element.Set))
            {
                _places.Add(bridge);
            }
            else if (_found.TryGetValue(bridge, out HashSet<NftElement>? found))
            {
                found.Add(element);
            }
            else
            {
                _found.Add(bridge, [element]);
            }
        }

        _published.UnionWith(
            (_kernel.ReadTable()?.Comments.Keys ?? []).Where(chain => chain.StartsWith(NftNames.PublishedPrefix, StringComparison.Ordinal)));
        if (sets.Contains(NftNames.GuestNat))
        {
            _former.UnionWith(_places);
        }

        return _sets = sets;
    }
}
