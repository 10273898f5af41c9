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

    private readonly OwnRules _own = new();

    public string Name => FirewallBackends.Nftables;

    public bool ChangesByPrograms => nft is NftProgram;

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
            if (before is not null)
            {
                _bridges.Remove(before.Bridge);
            }

            if (after is not null)
            {
                await ReplaceAsync(before, after, cancellationToken);
                _bridges.Add(after.Bridge);
            }
            else if (before is not null)
            {
                await RemoveAsync(NftRenderer.Render(before), cancellationToken);
            }

            _own.Remember(before, after);
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

    public async Task RemoveOthersAsync(
        IReadOnlyCollection<FirewallRules> keep, IReadOnlyCollection<string> bridges, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (await ReadAsync(cancellationToken) is not { } table)
            {
                return;
            }

            NftNetwork[] kept = _own.With(keep).Select(NftRenderer.Render).ToArray();
            HashSet<string> keptChains = kept.SelectMany(network => network.Chains).Select(chain => chain.Name).ToHashSet();
            HashSet<NftElement> keptElements =
                kept.SelectMany(network => network.Elements.Concat(network.HostElements)).ToHashSet();
            HashSet<string> chainsOfBridges =
                [.. bridges.SelectMany(bridge => NftNames.BridgeMaps.Select(map => NftNames.ChainOf(map, bridge)))];
            string[] chains =
                table.NetworkChains.Where(chain => !keptChains.Contains(chain) && !chainsOfBridges.Contains(chain)).ToArray();
            NftElement[] elements = table.Elements
                .Where(element => !keptElements.Contains(element) && !chainsOfBridges.Contains(element.Chain)).ToArray();
            bool empty = kept.Length == 0 && bridges.Count == 0;
            if (!empty && chains.Length == 0 && elements.Length == 0)
            {
                return;
            }

            NftScript script = new();
            await nft.ExecuteAsync(
                (empty ? script.RemoveTable() : script.AddMaps().Remove(elements, chains)).ToString(),
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

    public Task RetireAsync(IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken) =>
        RemoveOthersAsync([], [], cancellationToken);

    private async Task ReplaceAsync(FirewallRules? before, FirewallRules after, CancellationToken cancellationToken)
    {
        NftNetwork network = NftRenderer.Render(after);
        NftNetwork? replaced = before is null ? null : NftRenderer.Render(before);
        try
        {
            // What the network has now, or may have: a crash forgets.
            IEnumerable<NftElement> have = Possible(network).Concat(replaced is null ? [] : Possible(replaced));
            await nft.ExecuteAsync(Script(have, have.Select(element => element.Chain)), cancellationToken);
        }
        catch (HostCommandException e) when (e.ExitCode > 0)
        {
            // The table holds something else than it should: look, and replace what is there.
            if (await ReadAsync(cancellationToken) is not { } table)
            {
                throw;
            }

            logger.UnexpectedTable(after.Bridge, e);
            HashSet<string> chains = Possible(network).Concat(replaced is null ? [] : Possible(replaced))
                .Select(element => element.Chain).ToHashSet();
            NftElement[] elements = table.Elements.Where(element => chains.Contains(element.Chain)
                || (NftNames.BridgeMaps.Contains(element.Map) && (element.Key == network.Bridge || element.Key == replaced?.Bridge)))
                .ToArray();
            // Two networks may have the same address with different prefixes; one of them translates what the host sends.
            NftElement[] shared = network.HostElements.Where(element => table.Elements.Any(
                other => other.Map == element.Map && other.Key == element.Key && !chains.Contains(other.Chain))).ToArray();
            network = network with { HostElements = network.HostElements.Except(shared).ToValueList() };
            await nft.ExecuteAsync(Script(elements, table.NetworkChains.Where(chains.Contains)), cancellationToken);
            if (shared.Length > 0)
            {
                logger.HostAddressShared(after.NetworkName, after.Bridge);
            }
        }

        string Script(IEnumerable<NftElement> elements, IEnumerable<string> chains) => new NftScript()
            .AddSkeleton()
            .Remove(
                elements.Except(network.Elements).Except(network.HostElements).ToArray(),
                chains.Except(network.Chains.Select(chain => chain.Name)).ToArray())
            .AddNetwork(network)
            .ToString();
    }

    /// <summary>All elements that a network on this bridge may have, with or without NAT.</summary>
    private static IEnumerable<NftElement> Possible(NftNetwork network) => NftNames.BridgeMaps
        .Select(map => new NftElement(map, network.Bridge, NftNames.ChainOf(map, network.Bridge)))
        .Concat(network.HostElements);

    private async Task RemoveAsync(NftNetwork network, CancellationToken cancellationToken)
    {
        string[] chains = NftNames.BridgeMaps.Select(prefix => NftNames.ChainOf(prefix, network.Bridge)).ToArray();
        if (_bridges.Count > 0)
        {
            try
            {
                await nft.ExecuteAsync(
                    new NftScript().AddMaps().Remove(Possible(network).ToArray(), chains).ToString(), cancellationToken);
                return;
            }
            catch (HostCommandException e) when (e.ExitCode > 0)
            {
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
                table.Elements.Where(element => chains.Contains(element.Chain)).ToArray(),
                table.NetworkChains.Where(chains.Contains).ToArray())).ToString(),
            cancellationToken);
    }

    private async Task<NftTable?> ReadAsync(CancellationToken cancellationToken)
    {
        using JsonDocument? listing = await nft.ListAsync(ListTable, cancellationToken);
        return listing is null ? null : NftTable.Parse(listing.RootElement);
    }
}
