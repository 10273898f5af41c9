using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>
/// All networks in one table of our own. One network is one transaction, which also puts the shared part right, so the
/// rules come back after anything that others do to the table. The last network takes the table along.
/// </summary>
internal sealed class NftBackend(INftSession nft, ILogger<NftBackend> logger) : IFirewallBackend, IDisposable
{
    private static readonly string[] ListTable = ["list", "table", "inet", "virtnet"];

    /// <summary>The kernel orders transactions anyway; and whether a network is the last one must not change meanwhile.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Bridges whose rules are in the table, as far as this process knows: only saves looking whether one is the last.</summary>
    private readonly HashSet<string> _bridges = [];

    public string Name => FirewallBackends.Nftables;

    public FirewallRules? RulesFor(NetworkDefinition network) => FirewallPlanner.RulesFor(network);

    public string Describe(FirewallRules rules) =>
        new NftScript().AddSkeleton().AddNetwork(NftRenderer.Render(rules)).ToString();

    public void Dispose()
    {
        _turn.Dispose();
        (nft as IDisposable)?.Dispose();
    }

    public async Task<IReadOnlySet<Guid>> FindIntactAsync(
        IReadOnlyCollection<FirewallRules> rules, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            HashSet<Guid> intact = [];
            NftTable? table = await ReadAsync(cancellationToken);
            _bridges.Clear();
            if (table is not null)
            {
                bool skeletonIntact = table.SkeletonIntact;
                _bridges.UnionWith(table.Elements.Where(e => e.Map == NftNames.GuestOutput).Select(e => e.Key));
                intact.UnionWith(rules.Where(rule => skeletonIntact && table.IsIntact(NftRenderer.Render(rule)))
                    .Select(rule => rule.Network));
            }

            return intact;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task ApplyAsync(FirewallRules? before, FirewallRules? after, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (after is not null)
            {
                await ReplaceAsync(before, after, cancellationToken);
                _bridges.Add(after.Bridge);
            }
            else if (before is not null)
            {
                _bridges.Remove(before.Bridge);
                await RemoveAsync(NftRenderer.Render(before), cancellationToken);
            }
        }
        catch (HostCommandException e)
        {
            throw FirewallErrors.Refused(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task RemoveOthersAsync(IReadOnlyCollection<FirewallRules> keep, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (await ReadAsync(cancellationToken) is not { } table)
            {
                return;
            }

            NftNetwork[] kept = keep.Select(NftRenderer.Render).ToArray();
            HashSet<string> keptChains = kept.SelectMany(network => network.Chains).Select(chain => chain.Name).ToHashSet();
            HashSet<NftElement> keptElements =
                kept.SelectMany(network => network.Elements.Concat(network.HostElements)).ToHashSet();
            string[] chains = table.NetworkChains.Where(chain => !keptChains.Contains(chain)).ToArray();
            NftElement[] elements = table.Elements.Where(element => !keptElements.Contains(element)).ToArray();
            if (kept.Length > 0 && chains.Length == 0 && elements.Length == 0)
            {
                return;
            }

            NftScript script = new();
            await nft.ExecuteAsync(
                (kept.Length == 0 ? script.RemoveTable() : script.AddMaps().Remove(elements, chains)).ToString(),
                cancellationToken);
            logger.LeftoversRemoved(NftNames.Table, chains);
            _bridges.IntersectWith(kept.Select(network => network.Bridge));
        }
        catch (HostCommandException e)
        {
            throw FirewallErrors.Refused(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReplaceAsync(FirewallRules? before, FirewallRules after, CancellationToken cancellationToken)
    {
        NftNetwork network = NftRenderer.Render(after);
        string Script(bool withHostElements)
        {
            NftScript script = new NftScript().AddSkeleton();
            RemoveStale(script, before is null ? null : NftRenderer.Render(before), network);
            return script.AddNetwork(network, withHostElements).ToString();
        }

        try
        {
            await nft.ExecuteAsync(Script(withHostElements: true), cancellationToken);
        }
        catch (HostCommandException e) when (NftErrors.IsTaken(e) && network.HostElements.Count > 0)
        {
            // Two networks may have the same address with different prefixes; one of them translates what the host sends.
            await nft.ExecuteAsync(Script(withHostElements: false), cancellationToken);
            logger.HostAddressShared(after.NetworkName, after.Bridge);
        }
    }

    /// <summary>What this network had (or may have: a crash forgets) and is not replaced by the new rules.</summary>
    private static void RemoveStale(NftScript script, NftNetwork? before, NftNetwork after)
    {
        HashSet<string> chains = NftNames.BridgeMaps.Select(prefix => NftNames.ChainOf(prefix, after.Bridge)).ToHashSet();
        HashSet<NftElement> elements =
            NftNames.BridgeMaps.Select(map => new NftElement(map, after.Bridge, NftNames.ChainOf(map, after.Bridge))).ToHashSet();
        if (before is not null)
        {
            chains.UnionWith(before.Chains.Select(chain => chain.Name));
            elements.UnionWith(before.Elements);
            elements.UnionWith(before.HostElements);
        }

        chains.ExceptWith(after.Chains.Select(chain => chain.Name));
        elements.ExceptWith(after.Elements);
        elements.ExceptWith(after.HostElements);
        script.Remove(elements, chains);
    }

    private async Task RemoveAsync(NftNetwork network, CancellationToken cancellationToken)
    {
        string[] chains = NftNames.BridgeMaps.Select(prefix => NftNames.ChainOf(prefix, network.Bridge)).ToArray();
        if (_bridges.Count > 0)
        {
            IEnumerable<NftElement> expected = NftNames.BridgeMaps
                .Select(map => new NftElement(map, network.Bridge, NftNames.ChainOf(map, network.Bridge)))
                .Concat(network.HostElements);
            try
            {
                await nft.ExecuteAsync(
                    new NftScript().AddMaps().Remove(expected.ToArray(), chains).ToString(), cancellationToken);
                return;
            }
            catch (HostCommandException e)
            {
                // The table holds something else for this network than it should: look, and remove what is there.
                logger.UnexpectedTable(network.Bridge, e);
            }
        }

        if (await ReadAsync(cancellationToken) is not { } table)
        {
            return;
        }

        bool last = table.NetworkChains.All(chains.Contains);
        NftScript script = new();
        await nft.ExecuteAsync(
            (last ? script.RemoveTable() : script.AddMaps().Remove(
                table.Elements.Where(element => chains.Contains(element.Chain) || IsKey(element, network.Bridge)).ToArray(),
                table.NetworkChains.Where(chains.Contains).ToArray())).ToString(),
            cancellationToken);
    }

    private static bool IsKey(NftElement element, string bridge) =>
        element.Key == bridge && NftNames.BridgeMaps.Contains(element.Map);

    private async Task<NftTable?> ReadAsync(CancellationToken cancellationToken)
    {
        using JsonDocument? listing = await nft.ListAsync(ListTable, cancellationToken);
        return listing is null ? null : NftTable.Parse(listing.RootElement);
    }
}
