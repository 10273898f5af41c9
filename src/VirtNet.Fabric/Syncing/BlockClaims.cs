using System.Net;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Definitions;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
using VirtNet.Model;

namespace VirtNet.Fabric.Syncing;

/// <summary>
/// Which addresses of a network this host gives out: blocks that it takes from the pool, each by a transaction, so that no two hosts
/// give out one. What a host has it keeps until the network, or the host, leaves the fabric.
/// </summary>
internal sealed class BlockClaims(ISharedStore store, FabricWatch watch, string member, ILogger<BlockClaims> logger)
{
    /// <summary>With fewer free addresses than that share of its own a host takes as many again as it has.</summary>
    private const int FreeShare = 4;

    private const int MaxAttempts = 5;

    private static readonly TimeSpan ViewPatience = TimeSpan.FromSeconds(2);

    /// <summary>The blocks of this host that a pool reaches into.</summary>
    public IReadOnlyList<AddressBlock> Own(FabricView view, Guid network, IReadOnlyList<DhcpRange> pool) =>
    [
        .. view.BlocksOf(network, member).Select(AddressBlock.At)
            .Where(block => pool.Any(range => block.Intersect(new AddressBlock(range.Start, range.End)) is not null)),
    ];

    /// <summary>Takes further blocks where there are too few, and before all those in which guests have addresses already.</summary>
    /// <param name="leased">Addresses that guests have.</param>
    public async Task EnsureAsync(
        StoredNetwork network, IReadOnlyList<DhcpRange> pool, IReadOnlyList<string> leased, CancellationToken cancellationToken)
    {
        HashSet<IPAddress> used = [.. leased.Select(text => IPAddress.TryParse(text, out IPAddress? address) ? address : IPAddress.None)];
        foreach (IGrouping<System.Net.Sockets.AddressFamily, DhcpRange> family in pool.GroupBy(range => range.Start.AddressFamily))
        {
            DhcpRange[] ranges = [.. family];
            for (int attempt = 0; attempt < MaxAttempts && watch is { Outage: null, View: { } view }; attempt++)
            {
                IReadOnlyList<AddressBlock> own = Own(view, network.Network.Uuid, ranges);
                IPAddress[] inUse = [.. Uncovered(own, ranges, used).Where(first => !IsTaken(view, network, first))];
                int wanted = inUse.Length > 0 ? 0 : Missing(own, ranges, Taken(view, network.Network.Uuid, used));
                if (inUse.Length + wanted == 0)
                {
                    break;
                }

                IPAddress[] free = inUse.Length > 0 ? [.. inUse.Take(StoreTransaction.MaxEntries)] : FreeIn(view, network, ranges, wanted);
                if (free.Length == 0)
                {
                    logger.PoolIsTaken(network.Network.Name);
                    break;
                }

                if (await ClaimAsync(network, free, cancellationToken) && inUse.Length == 0)
                {
                    break;
                }
            }
        }
    }

    /// <summary>What is to be known on this host of a network that runs out of addresses; null = it does not, or can get more.</summary>
    /// <param name="used">Addresses that guests have from this host, or that wait until they are free.</param>
    public string? WarningOf(StoredNetwork network, IReadOnlyList<IPAddress> used)
    {
        if (watch.View is not { } view || SpanDefinition.TryRead(network.Network.Xml) is not { Ranges: { Count: > 0 } pool })
        {
            return null;
        }

        string? reason = watch.Outage ?? (pool.All(range => AddressBlock.FirstsIn(range, 0).All(first => IsTaken(view, network, first)))
            ? "all addresses of its ranges are taken by hosts" : null);
        if (reason is null)
        {
            return null;
        }

        (int all, int free) = Count(Own(view, network.Network.Uuid, pool), pool, Taken(view, network.Network.Uuid, used));
        return free * FreeShare < all ? $"{free} of this host's {all} addresses for guests are left, and it gets no more: {reason}" : null;
    }

    /// <summary>Addresses that no further guest can get.</summary>
    private static HashSet<IPAddress> Taken(FabricView view, Guid network, IEnumerable<IPAddress> used) =>
        [.. used, .. view.LeasesOf(network).Keys];

    /// <summary>How many addresses blocks have of a pool, and how many of them are free.</summary>
    private static (int All, int Free) Count(IReadOnlyList<AddressBlock> own, IReadOnlyList<DhcpRange> pool, IReadOnlySet<IPAddress> used)
    {
        AddressBlock[] pieces =
            [.. own.SelectMany(block => pool.Select(range => block.Intersect(new AddressBlock(range.Start, range.End)))).OfType<AddressBlock>()];
        int all = pieces.Sum(piece => piece.Count);
        return (all, all - used.Count(address => pieces.Any(piece => piece.Contains(address))));
    }

    /// <summary>How many blocks are to be added: enough for the first guests, then as many again as there are.</summary>
    internal static int Missing(IReadOnlyList<AddressBlock> own, IReadOnlyList<DhcpRange> pool, IReadOnlySet<IPAddress> used)
    {
        (int all, int free) = Count(own, pool, used);
        return own.Count == 0 ? 1 : free * FreeShare < all ? own.Count : 0;
    }

    private static bool IsTaken(FabricView view, StoredNetwork network, IPAddress first) =>
        view.Blocks.GetValueOrDefault(network.Network.Uuid)?.ContainsKey(first) == true;

    /// <summary>Blocks of the pool in which guests have addresses, and which are not this host's: they had them before it was the fabric's.</summary>
    private static IEnumerable<IPAddress> Uncovered(
        IReadOnlyList<AddressBlock> own, IReadOnlyList<DhcpRange> pool, IEnumerable<IPAddress> used) =>
        used.Where(address => pool.Any(range => new AddressBlock(range.Start, range.End).Contains(address))
                && !own.Any(block => block.Contains(address)))
            .Select(address => AddressBlock.Of(address).First).Distinct();

    private IPAddress[] FreeIn(FabricView view, StoredNetwork network, IReadOnlyList<DhcpRange> ranges, int wanted) =>
    [
        .. ranges.SelectMany(range => AddressBlock.FirstsIn(range, PlaceOf(member))).Where(first => !IsTaken(view, network, first))
            .Distinct().Take(Math.Min(wanted, StoreTransaction.MaxEntries)),
    ];

    /// <returns>False: somebody was faster.</returns>
    private async Task<bool> ClaimAsync(StoredNetwork network, IReadOnlyList<IPAddress> free, CancellationToken cancellationToken)
    {
        Guid uuid = network.Network.Uuid;
        StoreOutcome outcome = await store.CommitAsync(
            new StoreTransaction(
                [
                    new StoreCondition.Unchanged(FabricKeys.Network(uuid), network.ModRevision), // else it may be gone
                    .. free.Select(first => new StoreCondition.Absent(FabricKeys.Block(uuid, first))),
                ],
                [.. free.Select(first => new StoreWrite.Put(FabricKeys.Block(uuid, first), member))]),
            cancellationToken);
        await watch.ReachesAsync(outcome.Revision, ViewPatience, cancellationToken);
        if (outcome.Done)
        {
            foreach (IPAddress first in free)
            {
                logger.BlockTaken(network.Network.Name, first);
            }
        }

        return outcome.Done;
    }

    /// <summary>The same for a member each time, and spread over all numbers (FNV-1a).</summary>
    private static uint PlaceOf(string name) => name.Aggregate(2166136261, (hash, letter) => (hash ^ letter) * 16777619);
}

internal static partial class BlockClaimsLog
{
    [LoggerMessage(EventId = 2130, Level = LogLevel.Information, Message = "Network {Network}: this host gives out the block of {First}")]
    public static partial void BlockTaken(this ILogger logger, string network, IPAddress first);

    [LoggerMessage(EventId = 2131, Level = LogLevel.Warning,
        Message = "Network {Network}: all addresses of its ranges are taken by hosts, this one gets no more")]
    public static partial void PoolIsTaken(this ILogger logger, string network);
}
