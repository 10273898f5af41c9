using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>
/// All networks in one table of our own, as elements of sets that constant rules look up: what a network costs does not depend
/// on how many there are. One network is one transaction; the rules themselves are written when they are missing or damaged.
/// The last network takes the table along.
/// </summary>
/// <param name="hasHooks">Whether a hook script may want a place for rules of its own; null = never.</param>
internal sealed partial class NftBackend(
    INftSession nft, INftKernel kernel, Func<bool>? hasHooks, ILogger<NftBackend> logger) : IFirewallBackend, IDisposable
{
    /// <summary>Up to this many networks are asked for element by element; for more, whole sets are cheaper.</summary>
    private const int FewNetworks = 64;

    /// <summary>Elements in one transaction, where there are many to remove.</summary>
    private const int ManyElements = 512;

    private const string RemoveTable = $"add table {NftNames.Table}\ndelete table {NftNames.Table}\n";

    private readonly NftTurns _turns = new();

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

    public string Name => BackendNames.Nftables;

    public bool ChangesByPrograms => nft is NftProgram;

    public FirewallRules? RulesFor(NetworkDefinition network) =>
        FirewallPlanner.RulesFor(network) is { } rules ? rules with { HookPlaces = hasHooks?.Invoke() == true } : null;

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
        (kernel as IDisposable)?.Dispose();
        (nft as IDisposable)?.Dispose();
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
        IReadOnlyDictionary<NftElement, ulong> counted = kernel.Count([.. entrances.SelectMany(elements => elements)]);
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
        if (kernel.ReadTable(chains) is not { } table || !table.Is(skeleton))
        {
            return intact;
        }

        (FirewallRules Rules, IReadOnlyList<NftElement> Elements, NftElement[] Places)[] wanted =
            [.. rules.Select(one => (one, _holdings.Possible(one.Bridge, NftRenderer.Render(one)), PlacesOf(one)))];
        NftElement[] all = [.. wanted.SelectMany(one => one.Elements.Concat(one.Places))];
        HashSet<NftElement> have = wanted.Length <= FewNetworks
            ? [.. kernel.Find(all)]
            : [.. all.Select(element => element.Set).Distinct().SelectMany(kernel.List)];
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

    public Task ApplyAsync(FirewallRules? before, FirewallRules? after, CancellationToken cancellationToken) => _turns.ChangeAsync(
        () =>
        {
            ReadOnce();
            return after is not null ? ReplaceAsync(before, after, cancellationToken)
                : before is not null ? RemoveAsync(before, cancellationToken)
                : Task.CompletedTask;
        },
        cancellationToken);

    public Task RetireAsync(IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken) =>
        RemoveOthersAsync([], [], cancellationToken);

    private async Task ReplaceAsync(FirewallRules? before, FirewallRules after, CancellationToken cancellationToken)
    {
        IReadOnlyList<NftElement> all = NftRenderer.Render(after);
        IReadOnlyList<NftElement> wanted = _holdings.Possible(after.Bridge, all);
        if (wanted.Count < all.Count)
        {
            logger.HostAddressShared(after.NetworkName, after.Bridge);
        }

        NftElement[] going = [.. Had(before).Concat(Had(after)).Except(wanted)
            .Where(element => !_holdings.IsUsedBeside(element, before?.Bridge, after.Bridge))];
        await WriteAsync(after, going, wanted, cancellationToken);
        if (before is not null && before.Bridge != after.Bridge)
        {
            await RemovePlacesAsync(before.Bridge, cancellationToken);
            _holdings.Remove(before.Bridge);
        }

        if (_former.Contains(after.Bridge))
        {
            await RemovePlacesAsync(after.Bridge, cancellationToken);
        }

        NftElement[] places = PlacesOf(after);
        if (kernel.Find(places).Count < places.Length)
        {
            await nft.ExecuteAsync(HookPlaces.Add(after.Bridge), cancellationToken);
            _places.Add(after.Bridge);
        }

        _holdings.Set(after, wanted);
        _found.Remove(after.Bridge);
        await RemoveChainsAsync(ChainsOf(before).Concat(going.Select(element => element.Chain)).Except(ChainsOf(after)), cancellationToken);
        await RemoveUnusedAsync(going.Select(element => element.Set), cancellationToken);
    }

    private async Task RemoveAsync(FirewallRules before, CancellationToken cancellationToken)
    {
        NftElement[] going =
            [.. Had(before).Where(element => !_holdings.IsUsedBeside(element, before.Bridge)).Distinct()];
        bool there = kernel.ReadTable([]) is not null;
        if (there)
        {
            try
            {
                kernel.Change(kernel.Find(going), []);
            }
            catch (HostCommandException e)
            {
                logger.UnexpectedTable(before.Bridge, e); // somebody changes it at the same time
                kernel.Change(kernel.Find(going), []);
            }

        }

        // It has ended, also where somebody's rule keeps its chains in use.
        _holdings.Remove(before.Bridge);
        _found.Remove(before.Bridge);
        if (there)
        {
            await RemovePlacesAsync(before.Bridge, cancellationToken);
            await RemoveChainsAsync(ChainsOf(before).Concat(going.Select(element => element.Chain)), cancellationToken);
        }

        if (there && _holdings.Count == 0 && !IsAnybodyThere())
        {
            await nft.ExecuteAsync(RemoveTable, cancellationToken);
            _sets!.Clear();
            _published.Clear();
        }
        else if (there)
        {
            await RemoveUnusedAsync(going.Select(element => element.Set), cancellationToken);
        }
    }

    /// <summary>What a network has in the table, or may have.</summary>
    private IEnumerable<NftElement> Had(FirewallRules? rules) => rules is null ? []
        : NftRenderer.Render(rules).Concat(_holdings.Of(rules.Bridge))
            .Concat(_found.GetValueOrDefault(rules.Bridge) ?? []);

    /// <summary>
    /// Makes the elements so; first what they are looked up by, and what they go to, where it is missing or damaged.
    /// </summary>
    private async Task WriteAsync(
        FirewallRules rules, IReadOnlyCollection<NftElement> going, IReadOnlyCollection<NftElement> wanted,
        CancellationToken cancellationToken)
    {
        await EnsureSkeletonAsync(wanted.Select(element => element.Set), cancellationToken);
        await EnsureChainsAsync(rules, cancellationToken);
        try
        {
            Write();
        }
        catch (HostCommandException e)
        {
            logger.UnexpectedTable(rules.Bridge, e); // somebody changes it at the same time
            await EnsureSkeletonAsync(wanted.Select(element => element.Set), cancellationToken);
            await EnsureChainsAsync(rules, cancellationToken);
            Write();
        }

        void Write()
        {
            HashSet<NftElement> have = [.. kernel.Find([.. wanted, .. going])];
            kernel.Change([.. have.Except(wanted)], [.. wanted.Except(have)]);
        }
    }

    private async Task EnsureSkeletonAsync(IEnumerable<string> needed, CancellationToken cancellationToken)
    {
        _sets!.UnionWith(needed);
        NftSkeleton skeleton = Skeleton();
        NftTableState? table = kernel.ReadTable([.. skeleton.Comments.Keys]);
        if (table?.Is(skeleton) == true)
        {
            return;
        }

        try
        {
            await nft.ExecuteAsync(skeleton.ToString(), cancellationToken);
        }
        catch (HostCommandException e) when (table is not null && e.ExitCode > 0)
        {
            // Something else bears one of the names: begin anew, and put back what networks had.
            logger.UnexpectedTable("", e);
            await nft.ExecuteAsync(RemoveTable + skeleton + string.Concat(_holdings.Chains.Select(chain => chain.Script)), cancellationToken);
            foreach (NftElement[] part in _holdings.All.Chunk(ManyElements))
            {
                kernel.Change([], part);
            }

            _former.Clear();
            if (_places.Count > 0)
            {
                await nft.ExecuteAsync(string.Concat(_places.Select(HookPlaces.Add)), cancellationToken);
            }
        }
    }

    /// <summary>Makes chains of single publications where they are missing or damaged.</summary>
    private async Task EnsureChainsAsync(FirewallRules rules, CancellationToken cancellationToken)
    {
        PublishedChain[] chains = [.. PublicationRenderer.Chains(rules)];
        if (chains.Length == 0 || kernel.ReadTable([.. chains.Select(chain => chain.Name)]) is not { } table)
        {
            return;
        }

        string script = string.Concat(chains.Where(chain => !table.Has(chain)).Select(chain => chain.Script));
        if (script.Length > 0)
        {
            await nft.ExecuteAsync(script, cancellationToken);
        }

        _published.UnionWith(chains.Select(chain => chain.Name));
    }

    private async Task RemoveChainsAsync(IEnumerable<string?> chains, CancellationToken cancellationToken)
    {
        string[] going = [.. chains.OfType<string>().Distinct().Where(_published.Contains)];
        if (going.Length > 0)
        {
            await nft.ExecuteAsync(string.Concat(going.Select(PublishedChain.Removal)), cancellationToken);
            _published.ExceptWith(going);
        }
    }

    private static IEnumerable<string?> ChainsOf(FirewallRules? rules) =>
        rules is null ? [] : PublicationRenderer.Chains(rules).Select(chain => chain.Name);

    /// <summary>The shared part for all sets that are in use.</summary>
    private NftSkeleton Skeleton() => _skeleton is { } known && known.Covers(_sets!) ? known : _skeleton = new NftSkeleton(_sets!);

    private async Task RemovePlacesAsync(string bridge, CancellationToken cancellationToken)
    {
        if (_places.Contains(bridge))
        {
            await nft.ExecuteAsync(HookPlaces.Remove(bridge, _sets!), cancellationToken);
            _places.Remove(bridge);
            _former.Remove(bridge);
        }
    }

    /// <summary>The elements of a network's own chains; none where it needs none.</summary>
    private static NftElement[] PlacesOf(FirewallRules rules) => rules.HookPlaces ? [.. HookPlaces.Of(rules.Bridge)] : [];

    private bool HasNoMore(string bridge, IReadOnlyList<NftElement> elements) =>
        !_found.TryGetValue(bridge, out HashSet<NftElement>? found) || found.IsSubsetOf(elements);

    private bool IsAnybodyThere() => kernel.List(NftSet.Bridges).Count > 0 || kernel.List(PublicationSets.Bridges).Count > 0
        || kernel.List(PeerSets.Pairs).Count > 0 || NftNames.BridgeMaps.Any(map => kernel.List(map).Count > 0);

    /// <summary>What is there already when this process comes: the only time that everything is read.</summary>
    private HashSet<string> ReadOnce()
    {
        if (_sets is not null)
        {
            return _sets;
        }

        HashSet<string> sets = [.. kernel.ListSets().Where(name => NftSet.Named(name) is not null)];
        foreach (NftElement element in sets.SelectMany(kernel.List))
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
            (kernel.ReadTable()?.Comments.Keys ?? []).Where(chain => chain.StartsWith(NftNames.PublishedPrefix, StringComparison.Ordinal)));
        if (sets.Contains(NftNames.GuestNat))
        {
            _former.UnionWith(_places);
        }

        return _sets = sets;
    }
}
