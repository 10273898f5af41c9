using System.Net;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Leases;
using VirtNet.Fabric.Local;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
using VirtNet.Fabric.Syncing;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Serving;

/// <summary>Hears what happens to leases here and in the fabric, and has it carried to the other side.</summary>
internal sealed class LeaseFollowing(
    FabricWatch watch, LocalSession local, SyncedNetworks synced, LeaseSync leases, TimeProvider time, ILogger<LeaseFollowing> logger)
{
    /// <summary>After which what could not be done is tried again.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    /// <summary>Every so many looks all leases are gone through for those that nobody ends.</summary>
    private const int LooksPerSweep = 12;

    private readonly DirtyNetworks _dirty = new();
    private readonly HashSet<Guid> _failed = [];
    private bool _isAway = true;

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        local.Connected += _ => MarkAll();
        local.LeaseChanged += OnLeaseChanged;
        watch.Followed += OnFollowed;
        watch.Changed += OnWatchChanged;
        await Task.WhenAll(FollowAsync(cancellationToken), LookAsync(cancellationToken));
    }

    /// <summary>The network may be shared by now, or no longer.</summary>
    public void Touch(Guid network) => _dirty.Add(network);

    private void MarkAll()
    {
        leases.Forget();
        _dirty.AddRange(synced.All.Select(network => network.Uuid));
        _dirty.AddRange(leases.Networks);
    }

    private void OnLeaseChanged(NetworkEvent.LeaseChanged change)
    {
        leases.Note(change);
        if (synced.Find(change.Network.Uuid) is not null)
        {
            _dirty.Add(change.Network.Uuid);
        }
    }

    private void OnFollowed(StoreChanges? changes)
    {
        if (changes is null)
        {
            MarkAll();
            return;
        }

        foreach (string key in changes.Put.Select(entry => entry.Key).Concat(changes.Removed))
        {
            if (FabricKeys.TryReadLease(key, out Guid network, out IPAddress? address))
            {
                leases.Note(network, address);
                _dirty.Add(network);
            }
        }
    }

    private void OnWatchChanged()
    {
        bool isAway = watch.Outage is not null;
        if (_isAway != isAway)
        {
            _isAway = isAway;
            _dirty.AddRange(leases.Networks); // what is to be warned of depends on it
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            IReadOnlyCollection<Guid> networks = await _dirty.TakeAsync(cancellationToken);
            if (local.Networks is not { } here || watch.View is null)
            {
                _dirty.PutOff(networks);
                continue;
            }

            foreach (Guid network in networks)
            {
                await ReconcileAsync(network, here, cancellationToken);
            }
        }
    }

    private async Task ReconcileAsync(Guid network, ILocalNetworks here, CancellationToken cancellationToken)
    {
        try
        {
            await leases.ReconcileAsync(network, here, cancellationToken);
            _failed.Remove(network);
        }
        catch (Exception e) when (e is StoreUnavailableException or VirtNetException)
        {
            logger.LeasesWait(network, e.Message);
            _dirty.PutOff([network]);
        }
#pragma warning disable CA1031 // what one network does must not keep others' leases from being shared
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (_failed.Add(network))
            {
                logger.LeasesFailed(network, e);
            }

            _dirty.PutOff([network]);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(LookInterval, time);
        for (int look = 1; await timer.WaitForNextTickAsync(cancellationToken); look++)
        {
            _dirty.AddWaiting();
            if (look % LooksPerSweep == 0)
            {
                await SweepAsync(cancellationToken);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            _dirty.AddRange(await leases.SweepAsync(cancellationToken));
        }
        catch (StoreUnavailableException)
        {
            // at the next one
        }
#pragma warning disable CA1031 // what waits must be looked at again, whatever is wrong with a lease that has ended
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.SweepFailed(e);
        }
    }
}

internal static partial class LeaseFollowingLog
{
    [LoggerMessage(EventId = 2245, Level = LogLevel.Debug, Message = "Leases of network {Network} wait: {Reason}")]
    public static partial void LeasesWait(this ILogger logger, Guid network, string reason);

    [LoggerMessage(EventId = 2246, Level = LogLevel.Error, Message = "Leases of network {Network} could not be shared")]
    public static partial void LeasesFailed(this ILogger logger, Guid network, Exception exception);

    [LoggerMessage(EventId = 2247, Level = LogLevel.Error, Message = "Leases that have ended could not be looked for")]
    public static partial void SweepFailed(this ILogger logger, Exception exception);
}
