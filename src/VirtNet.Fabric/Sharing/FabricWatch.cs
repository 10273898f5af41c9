using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Sharing;

/// <summary>Keeps up with the shared store: reads all of it, then follows its changes; and again when it was away.</summary>
internal sealed class FabricWatch(ISharedStore store, FabricIdentity identity, TimeProvider time, ILogger<FabricWatch> logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FabricView? _view;
    private string? _outage = "etcd was not asked yet";

    /// <summary>What the store holds, or held when it was last reached; null = it was not since this program began.</summary>
    public FabricView? View => Volatile.Read(ref _view);

    /// <summary>Why the store cannot be followed now; null = it is.</summary>
    public string? Outage => Volatile.Read(ref _outage);

    /// <summary>Whenever the view or the outage changes.</summary>
    public event Action? Changed;

    /// <summary>What the view has changed by; null = all was read anew.</summary>
    public event Action<StoreChanges?>? Followed;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        bool isAway = false;
        while (true)
        {
            try
            {
                await FollowAsync(() => isAway = false, cancellationToken);
            }
            catch (StoreCompactedException e)
            {
                logger.Compacted(e.Message); // and at once again
            }
            catch (StoreUnavailableException e)
            {
                if (!isAway)
                {
                    logger.Unreachable(e.Message);
                }

                isAway = true;

                Set(View, e.Message);
                await Task.Delay(RetryInterval, time, cancellationToken);
            }
        }
    }

    /// <summary>Waits until the view is of a revision, or of a later one.</summary>
    /// <returns>False: it was not within the limit.</returns>
    public async Task<bool> ReachesAsync(long revision, TimeSpan limit, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_view?.Revision >= revision)
                {
                    return true;
                }

                changed = _changed.Task;
            }

            TimeSpan left = limit - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            try
            {
                await changed.WaitAsync(left, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    private async Task FollowAsync(Action reached, CancellationToken cancellationToken)
    {
        FabricView view = FabricView.Of(await store.ReadAsync(FabricKeys.All, cancellationToken));
        Require(view);
        reached();
        if (Outage is not null)
        {
            logger.Reached(view.Members.Count, view.Networks.Count);
        }

        Set(view, outage: null);
        Followed?.Invoke(null);
        await foreach (StoreChanges changes in store.WatchAsync(FabricKeys.All, view.Revision + 1, cancellationToken))
        {
            view = view.With(changes);
            Require(view);
            Set(view, outage: null);
            Followed?.Invoke(changes);
        }
    }

    /// <exception cref="StoreUnavailableException">It is another fabric's.</exception>
    private void Require(FabricView view)
    {
        if (identity.ObjectionTo(view.Id) is { } objection)
        {
            throw new StoreUnavailableException(objection);
        }
    }

    private void Set(FabricView? view, string? outage)
    {
        TaskCompletionSource before;
        lock (_lock)
        {
            _view = view;
            _outage = outage;
            before = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        before.SetResult();
        Changed?.Invoke();
    }
}

internal static partial class FabricWatchLog
{
    [LoggerMessage(EventId = 2100, Level = LogLevel.Warning, Message = "{Reason}: networks go on as they are; changes of definitions wait")]
    public static partial void Unreachable(this ILogger logger, string reason);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Information, Message = "etcd is reached: {Members} members, {Networks} networks")]
    public static partial void Reached(this ILogger logger, int members, int networks);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Information, Message = "All is read anew: {Reason}")]
    public static partial void Compacted(this ILogger logger, string reason);
}
