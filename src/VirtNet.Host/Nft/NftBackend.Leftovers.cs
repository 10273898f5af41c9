using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <content>What is left of networks that nobody knows, and of earlier versions.</content>
internal sealed partial class NftBackend
{
    public Task RemoveOthersAsync(
        IReadOnlyCollection<FirewallRules> keep, IReadOnlyCollection<string> bridges, CancellationToken cancellationToken) =>
        _turns.ChangeAsync(() => RemoveUnknownAsync(keep, bridges, cancellationToken), cancellationToken);

    private async Task RemoveUnknownAsync(
        IReadOnlyCollection<FirewallRules> keep, IReadOnlyCollection<string> bridges, CancellationToken cancellationToken)
    {
        HashSet<string> sets = ReadOnce();
        if (_kernel.ReadTable([]) is null)
        {
            return;
        }

        IReadOnlyCollection<FirewallRules> kept = _holdings.With(keep);
        if (kept.Count == 0 && bridges.Count == 0)
        {
            await _nft.ExecuteAsync(RemoveTable, cancellationToken);
            string[] bridgesGone = [.. _found.Keys.Union(_places).Order(StringComparer.Ordinal)];
            string tableGone = bridgesGone.Length > 0 ? Listing.Of(bridgesGone) : "the table, which no network uses";
            _logger.LeftoversRemoved(NftNames.Table, tableGone);
            Forget(sets);
            return;
        }

        await RemoveLeftoversAsync(sets, kept, bridges, cancellationToken);
        await RemoveUnusedAsync([.. sets], cancellationToken);
    }

    private async Task RemoveLeftoversAsync(
        HashSet<string> sets, IReadOnlyCollection<FirewallRules> kept, IReadOnlyCollection<string> bridges,
        CancellationToken cancellationToken)
    {
        HashSet<NftElement> keptElements = [.. kept.SelectMany(NftRenderer.Render)];
        HashSet<string> keptBridges = [.. kept.Select(rules => rules.Bridge)];
        HashSet<string> unknown = [.. bridges.Except(keptBridges)];
        NftElement[] leftovers =
        [
            .. sets.Where(set => !NftNames.BridgeMaps.Contains(set) && !NftNames.FormerMaps.Contains(set))
                .SelectMany(_kernel.List)
                .Where(element => !keptElements.Contains(element)
                    // Of which bridge an address is, nothing says: while there are some that nobody knows, it stays.
                    && (element.Bridge is { } bridge ? !unknown.Contains(bridge) : unknown.Count == 0)),
        ];
        foreach (NftElement[] part in leftovers.Chunk(ManyElements))
        {
            _kernel.Change(part, []);
        }

        string[] places = [.. _places.Where(bridge => !keptBridges.Contains(bridge) && !unknown.Contains(bridge))];
        foreach (string bridge in places)
        {
            await RemovePlacesAsync(bridge);
        }

        if (unknown.Count == 0) // whose a chain is, nothing says
        {
            await RemoveChainsAsync(
                _published.Except(kept.SelectMany(PublicationRenderer.Chains).Select(chain => chain.Name)).ToArray());
        }

        if (leftovers.Length > 0 || places.Length > 0)
        {
            string gone = Described(leftovers, places);
            _logger.LeftoversRemoved(NftNames.Table, gone);
        }

        foreach (string bridge in _found.Keys.Where(bridge => !unknown.Contains(bridge) && !keptBridges.Contains(bridge)).ToArray())
        {
            _found.Remove(bridge);
        }
    }

    /// <summary>The bridges that they are about; what is about none, as addresses and ports are, by itself.</summary>
    private static string Described(NftElement[] elements, string[] places)
    {
        string[] bridges = [.. elements.Select(element => element.Bridge).OfType<string>().Union(places).Order(StringComparer.Ordinal)];
        string[] others = [.. elements.Where(element => element.Bridge is null).Select(element => $"{element.Set} {element}").Order(StringComparer.Ordinal)];
        return string.Join("; ", ((string[][])[bridges, others]).Where(names => names.Length > 0).Select(names => Listing.Of(names)));
    }

    /// <summary>Removes those of these sets that are of kinds of subnets that no network has any more.</summary>
    private async Task RemoveUnusedAsync(IEnumerable<string> candidates, CancellationToken cancellationToken)
    {
        string[] former = [.. NftNames.FormerMaps.Where(candidates.Contains)];
        string[] unused =
        [
            .. candidates.Distinct().Except(NftSkeleton.Constant)
                .Where(set => former.Contains(set) || (!_holdings.Uses(set) && _kernel.List(set).Count == 0)),
        ];
        if (unused.Length == 0)
        {
            return;
        }

        string[] chains = former.Contains(NftNames.GuestNat) ? FormerChains() : [];
        bool published = Skeleton().Publishes;
        _sets!.ExceptWith(unused);
        string ended = published && !Skeleton().Publishes
            ? string.Concat(NftNames.PublishChains.Select(NftSkeleton.DeclarationOf))
                + string.Concat(NftNames.PublishChains.Select(chain => $"flush chain {NftNames.Table} {chain}\n")) : "";
        try
        {
            await _nft.ExecuteAsync(
                Skeleton() + ended + string.Concat(unused.Select(RemovalOf))
                + (ended.Length == 0 ? "" : string.Concat(NftNames.PublishChains.Select(chain => $"delete chain {NftNames.Table} {chain}\n")))
                + string.Concat(chains.Select(chain => $"flush chain {NftNames.Table} {chain}\ndelete chain {NftNames.Table} {chain}\n")),
                cancellationToken);
        }
        catch (HostCommandException e)
        {
            _sets.UnionWith(unused); // somebody uses one in a rule of his own: it is in nobody's way
            _logger.SetsStay(e);
        }
    }

    /// <summary>Earlier versions translated in chains of single networks.</summary>
    private string[] FormerChains() =>
    [
        .. _kernel.List(NftNames.GuestNat).Select(element => element.Bridge).OfType<string>()
            .Select(bridge => NftNames.ChainOf(NftNames.GuestNat, bridge)),
    ];

    private static string RemovalOf(string set) => NftSet.Named(set)!.Value == NftValue.None
        ? $"delete set {NftNames.Table} {set}\n"
        : $"flush map {NftNames.Table} {set}\ndelete map {NftNames.Table} {set}\n";

    private void Forget(HashSet<string> sets)
    {
        sets.Clear();
        _found.Clear();
        _places.Clear();
        _former.Clear();
        _published.Clear();
    }
}
