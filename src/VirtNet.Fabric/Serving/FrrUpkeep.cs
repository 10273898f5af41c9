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
        object? known = null;
        Touch();
        while (true)
        {
            await _changed.Reader.ReadAsync(cancellationToken);
            if (settings is null || watch.View is not { } view || ReferenceEquals(known, view.Members))
            {
                continue;
            }

            try
            {
                if (await BringAsync(settings, NeighboursIn(view), cancellationToken))
                {
                    (known, told) = (view.Members, null);
                    continue;
                }
            }
            catch (Exception e) when (e is FabricException or IOException or UnauthorizedAccessException)
            {
                if (told != e.Message)
                {
                    logger.NotTold(e.Message);
                    told = e.Message;
                }
            }

            await Task.Delay(RetryInterval, time, cancellationToken);
            Touch();
        }
    }

    private BgpNeighbour[] NeighboursIn(FabricView view) =>
    [
        .. view.Members.Values.Where(member => member.Name != self.Name && member.BgpPort > 0)
            .OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => new BgpNeighbour(member.Address, member.BgpPort)),
    ];

    /// <returns>False: bgpd does not run. It reads the file when it starts, which may have been a moment ago: it is asked again.</returns>
    private async Task<bool> BringAsync(FrrSettings wanted, BgpNeighbour[] neighbours, CancellationToken cancellationToken)
    {
        files.Write(wanted, neighbours);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using FrrTerminal? bgpd = await FrrTerminal.OpenAsync(terminal, limit.Token);
            if (bgpd is null)
            {
                return false;
            }

            IReadOnlyList<string> changes =
                wanted.Changes(FrrSettings.NeighboursIn(await bgpd.AskAsync("show running-config", limit.Token)), neighbours);
            if (changes.Count > 0)
            {
                await bgpd.ConfigureAsync(changes, limit.Token);
            }

            logger.Told(neighbours.Length);
            return true;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FabricException($"FRRouting does not answer within {Patience.TotalSeconds:F0} s", e);
        }
    }
}

internal static partial class FrrUpkeepLog
{
    [LoggerMessage(EventId = 2196, Level = LogLevel.Warning, Message = "FRRouting does not know the members: {Reason}")]
    public static partial void NotTold(this ILogger logger, string reason);

    [LoggerMessage(EventId = 2197, Level = LogLevel.Debug, Message = "FRRouting knows {Neighbours} other members")]
    public static partial void Told(this ILogger logger, int neighbours);
}
