using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Frr;
using VirtNet.Fabric.Sharing;

namespace VirtNet.Fabric.Serving;

/// <summary>
/// Keeps the fabric's own FRRouting knowing all members: in its file, for when it starts, and while it runs. Its other settings are
/// those it was started with.
/// </summary>
/// <param name="settings">Null = this host has none.</param>
/// <param name="terminal">Where bgpd listens.</param>
internal sealed class FrrUpkeep(
    FrrSettings? settings, FrrFiles files, string terminal, FabricWatch watch, Member self, TimeProvider time, ILogger<FrrUpkeep> logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Members may have come or gone.</summary>
    public void Touch() => _changed.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? told = null;
        Wish? wish = null;
        bool isDone = false;
        Touch();
        while (true)
        {
            await _changed.Reader.ReadAsync(cancellationToken);
            if (settings is null || watch.View is not { } view)
            {
                continue;
            }

            if (wish is null || !wish.IsOf(view))
            {
                (wish, isDone) = (new Wish(view, self.Name, time.GetTimestamp()), false);
            }

            if (isDone)
            {
                continue;
            }

            try
            {
                isDone = await BringAsync(settings, wish, cancellationToken);
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
    }

    /// <returns>False: bgpd does not run, or has former neighbours still. It reads the file when it starts, which may have been a moment ago.</returns>
    private async Task<bool> BringAsync(FrrSettings wanted, Wish wish, CancellationToken cancellationToken)
    {
        files.Write(wanted, wish.Neighbours);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using FrrTerminal? bgpd = await FrrTerminal.OpenAsync(terminal, limit.Token);
            if (bgpd is null)
            {
                return false;
            }

            IReadOnlyList<BgpNeighbour> have = FrrSettings.NeighboursIn(await bgpd.AskAsync("show running-config", limit.Token));
            IReadOnlyList<BgpNeighbour> next = wanted.Changes(have, wish.Neighbours).Count == 0
                ? wish.Neighbours
                : NeighbourChange.Next(
                    have, wish.Neighbours, wish.Members, await FrrReport.BgpAsync(bgpd, limit.Token), time.GetElapsedTime(wish.Since));
            IReadOnlyList<string> changes = wanted.Changes(have, next);
            if (changes.Count > 0)
            {
                await bgpd.ConfigureAsync(changes, limit.Token);
                logger.Told(next.Count);
            }

            return wanted.Changes(next, wish.Neighbours).Count == 0;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FabricException($"FRRouting does not answer within {Patience.TotalSeconds:F0} s", e);
        }
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

    [LoggerMessage(EventId = 2197, Level = LogLevel.Debug, Message = "FRRouting has {Neighbours} neighbours")]
    public static partial void Told(this ILogger logger, int neighbours);
}
