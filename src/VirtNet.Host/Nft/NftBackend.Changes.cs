using VirtNet.Host.Firewall;

namespace VirtNet.Host.Nft;

/// <content>Changes of networks' rules: what comes together is one transaction.</content>
internal sealed partial class NftBackend
{
    public Task ApplyAsync(FirewallRules? before, FirewallRules? after, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return (before ?? after) is null ? Task.CompletedTask : _commits.CommitAsync(new NftRulesChange(before, after));
    }

    /// <summary>As many of these as can be one transaction.</summary>
    /// <returns>The others: they share elements with these, and who comes first has them; or it would be too much.</returns>
    private async Task<IReadOnlyList<NftRulesChange>> ApplyTogetherAsync(IReadOnlyList<NftRulesChange> changes)
    {
        ReadOnce();
        List<PreparedChange> group = [];
        List<NftRulesChange> left = [];
        HashSet<(string Set, string Key)> taken = [];
        foreach (NftRulesChange change in changes)
        {
            PreparedChange prepared = Prepare(change);
            (string Set, string Key)[] keys = [.. prepared.Going.Concat(prepared.Wanted).Select(element => (element.Set, element.Key)).Distinct()];
            if (group.Count > 0 && (taken.Overlaps(keys) || taken.Count + keys.Length > ManyElements))
            {
                left.Add(change);
            }
            else
            {
                group.Add(prepared);
                taken.UnionWith(keys);
            }
        }

        await SettleAsync(group, isThere: await WriteAsync(group));
        foreach (FirewallRules rules in group.Where(prepared => prepared.IsShort).Select(prepared => prepared.Change.After!))
        {
            _logger.HostAddressShared(rules.NetworkName, rules.Bridge);
        }

        return left;
    }

    private async Task ApplyAloneAsync(NftRulesChange change)
    {
        try
        {
            await ApplyTogetherAsync([change]);
        }
        catch (HostCommandException e)
        {
            _logger.UnexpectedTable((change.After ?? change.Before)!.Bridge, e); // somebody changes it at the same time
            await ApplyTogetherAsync([change]);
        }
    }

    private PreparedChange Prepare(NftRulesChange change)
    {
        IReadOnlyList<NftElement> all = change.After is null ? [] : NftRenderer.Render(change.After);
        IReadOnlyList<NftElement> wanted = change.After is null ? [] : _holdings.Possible(change.After.Bridge, all);
        return new PreparedChange(
            change,
            [.. Had(change.Before).Concat(Had(change.After)).Except(wanted)
                .Where(element => !_holdings.IsUsedBeside(element, change.Before?.Bridge, change.After?.Bridge))],
            wanted,
            IsShort: wanted.Count < all.Count);
    }

    /// <summary>What a network has in the table, or may have.</summary>
    private IEnumerable<NftElement> Had(FirewallRules? rules) => rules is null ? []
        : NftRenderer.Render(rules).Concat(_holdings.Of(rules.Bridge))
            .Concat(_found.GetValueOrDefault(rules.Bridge) ?? []);

    /// <summary>
    /// Makes the elements so; first what they are looked up by, and what they go to, where it is missing or damaged.
    /// </summary>
    /// <returns>Whether there is a table.</returns>
    private async Task<bool> WriteAsync(IReadOnlyList<PreparedChange> group)
    {
        NftElement[] wanted = [.. group.SelectMany(prepared => prepared.Wanted)];
        FirewallRules[] coming = [.. group.Select(prepared => prepared.Change.After).OfType<FirewallRules>()];
        if (coming.Length > 0)
        {
            await EnsureSkeletonAsync(wanted.Select(element => element.Set));
            foreach (FirewallRules rules in coming)
            {
                await EnsureChainsAsync(rules);
            }
        }
        else if (_kernel.ReadTable([]) is null)
        {
            return false;
        }

        HashSet<NftElement> have = [.. _kernel.Find([.. wanted, .. group.SelectMany(prepared => prepared.Going)])];
        _kernel.Change([.. have.Except(wanted)], [.. wanted.Except(have)]);
        return true;
    }

    /// <summary>What follows when elements are as they shall be.</summary>
    private async Task SettleAsync(IReadOnlyList<PreparedChange> group, bool isThere)
    {
        foreach (PreparedChange prepared in group)
        {
            (FirewallRules? before, FirewallRules? after) = prepared.Change;
            if (before is not null && before.Bridge != after?.Bridge)
            {
                // It has ended, also where somebody's rule keeps its chains in use.
                _holdings.Remove(before.Bridge);
                _found.Remove(before.Bridge);
                await (isThere ? RemovePlacesAsync(before.Bridge) : Task.CompletedTask);
            }

            if (after is not null)
            {
                await EnsurePlacesAsync(after);
                _holdings.Set(after, prepared.Wanted);
                _found.Remove(after.Bridge);
            }

            if (isThere)
            {
                await RemoveChainsAsync(ChainsOf(before).Concat(prepared.Going.Select(element => element.Chain)).Except(ChainsOf(after)));
            }
        }

        if (isThere && _holdings.Count == 0 && group.Any(prepared => prepared.Change.After is null) && !IsAnybodyThere())
        {
            await _nft.ExecuteAsync(RemoveTable, CancellationToken.None);
            _sets!.Clear();
            _published.Clear();
        }
        else if (isThere)
        {
            await RemoveUnusedAsync(group.SelectMany(prepared => prepared.Going).Select(element => element.Set), CancellationToken.None);
        }
    }

    private async Task EnsurePlacesAsync(FirewallRules rules)
    {
        if (_former.Contains(rules.Bridge))
        {
            await RemovePlacesAsync(rules.Bridge);
        }

        NftElement[] places = PlacesOf(rules);
        if (_kernel.Find(places).Count < places.Length)
        {
            await _nft.ExecuteAsync(HookPlaces.Add(rules.Bridge), CancellationToken.None);
            _places.Add(rules.Bridge);
        }
    }

    private async Task EnsureSkeletonAsync(IEnumerable<string> needed)
    {
        string[] added = [.. needed.Where(_sets!.Add)];
        NftSkeleton skeleton = Skeleton();
        NftTableState? table = _kernel.ReadTable([.. skeleton.Comments.Keys]);
        if (table?.Is(skeleton) == true)
        {
            return;
        }

        string[] others = [.. table?.Shared(skeleton) ?? []];
        try
        {
            await MakeAsync(skeleton, table);
        }
        catch
        {
            _sets.ExceptWith(added); // others do without
            throw;
        }

        if (others.Length > 0)
        {
            _logger.OthersRulesRemoved(string.Join(", ", others), NftNames.Table);
        }
    }

    private async Task MakeAsync(NftSkeleton skeleton, NftTableState? table)
    {
        try
        {
            await _nft.ExecuteAsync(skeleton.ToString(), CancellationToken.None);
        }
        catch (HostCommandException e) when (table is not null && e.ExitCode > 0)
        {
            // Something else bears one of the names: begin anew, and put back what networks had.
            _logger.UnexpectedTable("", e);
            await _nft.ExecuteAsync(RemoveTable + skeleton + string.Concat(_holdings.Chains.Select(chain => chain.Script)), CancellationToken.None);
            foreach (NftElement[] part in _holdings.All.Chunk(ManyElements))
            {
                _kernel.Change([], part);
            }

            _former.Clear();
            if (_places.Count > 0)
            {
                await _nft.ExecuteAsync(string.Concat(_places.Select(HookPlaces.Add)), CancellationToken.None);
            }
        }
    }

    /// <summary>Makes chains of single publications where they are missing or damaged.</summary>
    private async Task EnsureChainsAsync(FirewallRules rules)
    {
        PublishedChain[] chains = [.. PublicationRenderer.Chains(rules)];
        if (chains.Length == 0 || _kernel.ReadTable([.. chains.Select(chain => chain.Name)]) is not { } table)
        {
            return;
        }

        string script = string.Concat(chains.Where(chain => !table.Has(chain)).Select(chain => chain.Script));
        if (script.Length > 0)
        {
            await _nft.ExecuteAsync(script, CancellationToken.None);
        }

        _published.UnionWith(chains.Select(chain => chain.Name));
    }

    private async Task RemoveChainsAsync(IEnumerable<string?> chains)
    {
        string[] going = [.. chains.OfType<string>().Distinct().Where(_published.Contains)];
        if (going.Length > 0)
        {
            await _nft.ExecuteAsync(string.Concat(going.Select(PublishedChain.Removal)), CancellationToken.None);
            _published.ExceptWith(going);
        }
    }

    /// <summary>A change, and what it means for the table as it is.</summary>
    /// <param name="IsShort">Whether somebody else has what it wants too, and came first.</param>
    private sealed record PreparedChange(
        NftRulesChange Change, IReadOnlyList<NftElement> Going, IReadOnlyList<NftElement> Wanted, bool IsShort);
}

/// <summary>One network's rules as they were and as they shall be; one of them may be null.</summary>
internal sealed record NftRulesChange(FirewallRules? Before, FirewallRules? After);
