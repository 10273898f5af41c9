using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Frr;
using VirtNet.Fabric.Sharing;

namespace VirtNet.Fabric.Serving;

/// <summary>
/// Keeps the FRRouting that tells where guests are knowing all members: for when it starts, and while it runs.
/// </summary>
/// <param name="instance">Null = this host has none.</param>
internal sealed class FrrUpkeep(FrrInstance? instance, FabricWatch watch, Member self, TimeProvider time, ILogger<FrrUpkeep> logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Members that the operator of this host has for neighbours himself.</summary>
    private string[] _left = [];

    /// <summary>Members may have come or gone.</summary>
    public void Touch() => _changed.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? told = null;
        Wish? wish = null;
        bool isDone = false;
        bool isDue = false;
        await using ITimer? look = instance?.LookInterval is { } interval ? time.CreateTimer(_ => Look(), state: null, interval, interval) : null;
        Touch();
        while (true)
        {
            await _changed.Reader.ReadAsync(cancellationToken);
            if (instance is null || watch.View is not { } view)
            {
                continue;
            }

            if (wish is null || !wish.IsOf(view))
            {
                (wish, isDone) = (new Wish(view, self.Name, time.GetTimestamp()), false);
            }

            if (isDone && !Volatile.Read(ref isDue))
            {
                continue;
            }

            Volatile.Write(ref isDue, false);

            try
            {
                isDone = await BringAsync(instance, wish, cancellationToken);
                told = null;
            }
            catch (Exception e) when (e is FabricException or IOException or UnauthorizedAccessException)
            {
                if (told != e.Message)
                {
                    logger.NotTold(e.Message);
                    told = e.Message;
                }
            }

            if (!isDone)
            {
                await Task.Delay(RetryInterval, time, cancellationToken);
                Touch();
            }
        }

        void Look()
        {
            Volatile.Write(ref isDue, true);
            Touch();
        }
    }

    /// <returns>False: bgpd does not run, or has former neighbours still. It reads the file when it starts, which may have been a moment ago.</returns>
    private async Task<bool> BringAsync(FrrInstance frr, Wish wish, CancellationToken cancellationToken)
    {
        FrrSettings wanted = frr.Settings;
        frr.Keep(wish.Neighbours);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using FrrTerminal? bgpd = await FrrTerminal.OpenAsync(frr.Bgpd, limit.Token);
            if (bgpd is null)
            {
                return false;
            }

            string running = await bgpd.AskAsync("show running-config", limit.Token);
            if (await frr.PrepareAsync(running, limit.Token) is { Count: > 0 } preparation)
            {
                await bgpd.ConfigureAsync(preparation, limit.Token);
                logger.Prepared();
            }

            IReadOnlyList<BgpNeighbour> have = FrrSettings.NeighboursIn(running);
            IReadOnlyList<BgpNeighbour> wished = Leave(frr.NeighboursOfOthers(running), wish.Neighbours);
            IReadOnlyList<BgpNeighbour> next = wanted.Changes(have, wished).Count == 0
                ? wished
                : NeighbourChange.Next(
                    have, wished, wish.Members, await FrrReport.BgpAsync(bgpd, limit.Token), time.GetElapsedTime(wish.Since));
            IReadOnlyList<string> changes = wanted.Changes(have, next);
            if (changes.Count > 0)
            {
                await bgpd.ConfigureAsync(changes, limit.Token);
                logger.Told(next.Count);
            }

            return wanted.Changes(next, wished).Count == 0;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FabricException($"FRRouting does not answer within {Patience.TotalSeconds:F0} s", e);
        }
    }

    /// <summary>Without those with which the operator has a session already; of these he is told.</summary>
    private IReadOnlyList<BgpNeighbour> Leave(IReadOnlySet<string> others, IReadOnlyList<BgpNeighbour> neighbours)
    {
        string[] left = [.. neighbours.Select(neighbour => neighbour.Address).Where(others.Contains)];
        foreach (string address in left.Except(_left))
        {
            logger.LeftToOthers(address);
        }

        _left = left;
        return left.Length == 0 ? neighbours : [.. neighbours.Where(neighbour => !others.Contains(neighbour.Address))];
    }

    /// <summary>What bgpd is to be told of what the fabric holds.</summary>
    /// <param name="Since">A timestamp: when that was found out.</param>
    private sealed record Wish(FabricView View, string Self, long Since)
    {
        public IReadOnlyList<BgpNeighbour> Neighbours { get; } = BgpNeighbours.Of(View, Self);

        public IReadOnlySet<string> Members { get; } = View.Members.Values.Select(member => member.Address).ToHashSet();

        public bool IsOf(FabricView view) => ReferenceEquals(View.Members, view.Members) && ReferenceEquals(View.Reflectors, view.Reflectors);
    }
}

internal static partial class FrrUpkeepLog
{
    [LoggerMessage(EventId = 2196, Level = LogLevel.Warning, Message = "FRRouting does not know the members: {Reason}")]
    public static partial void NotTold(this ILogger logger, string reason);

    [LoggerMessage(EventId = 2199, Level = LogLevel.Warning,
        Message = "The FRRouting of this host's operator has member {Address} for a neighbour already, which stays as it is: where guests are is told there if he activates it for L2VPN EVPN")]
    public static partial void LeftToOthers(this ILogger logger, string address);

    [LoggerMessage(EventId = 2198, Level = LogLevel.Information,
        Message = "The FRRouting of this host's operator has the fabric's peer group virtnet, in its running configuration")]
    public static partial void Prepared(this ILogger logger);

    [LoggerMessage(EventId = 2197, Level = LogLevel.Debug, Message = "FRRouting has {Neighbours} neighbours")]
    public static partial void Told(this ILogger logger, int neighbours);
}
