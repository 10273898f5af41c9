using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Local;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
using VirtNet.Fabric.Syncing;
using VirtNet.Linux.Processes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Serving;

/// <summary>The running daemon: hears what changes here and in the fabric, and has it carried to the other side.</summary>
internal sealed class FabricDaemon(
    FabricWatch watch,
    LocalSession local,
    DefinitionFolder definitions,
    Membership membership,
    EndpointUpkeep endpoints,
    FrrUpkeep frr,
    SyncedNetworks synced,
    NetworkSync sync,
    LeaseFollowing leases,
    LinkUpkeep link,
    SyncProblems problems,
    ProblemReport report,
    StatusFile status,
    ServiceNotifier manager,
    TimeProvider time,
    ILogger<FabricDaemon> logger)
{
    /// <summary>After which what was refused is tried again.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private const int AtOnce = 8;

    private static readonly TimeSpan WritingTime = TimeSpan.FromMilliseconds(150);

    private readonly DirtyNetworks _dirty = new();

    /// <summary>Names of networks whose files were written; null = any.</summary>
    private readonly Channel<string?> _written = Channel.CreateUnbounded<string?>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>What is looked at once more.</summary>
    private readonly ConcurrentDictionary<Guid, bool> _again = [];

    private readonly DefinitionEvents _happened = new(sync, synced, logger);
    private FabricView? _seen;

    /// <summary>Until it is cancelled, or one of its parts fails.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        watch.Changed += OnFabricChanged;
        watch.Changed += frr.Touch;
        membership.Changed += status.Touch;
        local.Connected += OnConnected;
        local.Happened += OnHappened;
        definitions.Changed += OnWritten;
        local.LeaseChanged += OnLeaseChanged;
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] parts =
        [
            watch.RunAsync(ending.Token), local.RunAsync(ending.Token), membership.RunAsync(ending.Token), endpoints.RunAsync(ending.Token), frr.RunAsync(ending.Token),
            ReconcileAsync(ending.Token), LookAsync(ending.Token), FollowFilesAsync(ending.Token), status.RunAsync(ending.Token),
            leases.RunAsync(ending.Token), link.RunAsync(ending.Token),
        ];
        manager.Ready("the fabric is being looked for");
        Task first = await Task.WhenAny(parts);
        manager.Stopping();
        await ending.CancelAsync();
        await ((Task)Task.WhenAll(parts)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using CancellationTokenSource goodbye = new(TimeSpan.FromSeconds(2), time);
        await membership.EndAsync(goodbye.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellationToken.IsCancellationRequested)
        {
            await first;
        }
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            IReadOnlyCollection<Guid> networks = await _dirty.TakeAsync(cancellationToken);
            _happened.Note();
            if (local.Networks is { } here && watch.View is not null)
            {
                await ReconcileAsync(networks, here, cancellationToken);
            }
            else
            {
                _dirty.PutOff(networks);
            }

            status.Touch();
        }
    }

    /// <summary>Several at a time: each waits most of it for etcd's and virtnetd's disks.</summary>
    private Task ReconcileAsync(IReadOnlyCollection<Guid> networks, ILocalNetworks here, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        networks,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (network, ending) => await ReconcileAsync(network, here, ending));

    private async Task ReconcileAsync(Guid network, ILocalNetworks here, CancellationToken cancellationToken)
    {
        try
        {
            await sync.ReconcileAsync(network, here, cancellationToken);
            leases.Touch(network);
        }
        catch (StoreUnavailableException e)
        {
            logger.Waits(network, e.Message);
            _dirty.PutOff([network]);
        }
        catch (VirtNetException e)
        {
            if (local.Networks is not null) // else it is virtnetd that is away, which LocalSession says
            {
                problems.Set(network, synced.Find(network)?.Name ?? $"{network}", e.Message);
            }

            _dirty.PutOff([network]);
        }
#pragma warning disable CA1031 // what one network does must not keep others from being shared
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            string reason = $"it could not be shared: {e.Message}";
            if (problems.Find(network)?.Reason != reason)
            {
                logger.Failed(network, e);
            }

            problems.Set(network, synced.Find(network)?.Name ?? $"{network}", reason); // what has one is looked at again
        }

        await report.TellAsync(network, here, cancellationToken);
    }

    /// <summary>What could not be done may be possible by now.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(LookInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            manager.IsAlive();
            foreach (Guid network in _again.Keys)
            {
                _again.TryRemove(network, out _);
                _dirty.Add(network);
            }

            _dirty.AddWaiting();
            _dirty.AddRange(problems.All.Select(problem => problem.Uuid));
        }
    }

    /// <summary>A further guest may need a further block.</summary>
    private void OnLeaseChanged(NetworkEvent.LeaseChanged change)
    {
        if (change.Change == LeaseChangeKind.Added)
        {
            _dirty.Add(change.Network.Uuid);
        }
    }

    private void OnWritten(string? name) => _written.Writer.TryWrite(name);

    /// <summary>virtnetd writes a file before it answers with what is in it: it is asked a moment later, and once more at the next look.</summary>
    private async Task FollowFilesAsync(CancellationToken cancellationToken)
    {
        await foreach (string? name in _written.Reader.ReadAllAsync(cancellationToken))
        {
            HashSet<string?> names = [name];
            await Task.Delay(WritingTime, time, cancellationToken);
            while (_written.Reader.TryRead(out string? further))
            {
                names.Add(further);
            }

            Guid[] networks =
                [.. synced.All.Where(network => names.Contains(null) || names.Contains(network.Name)).Select(network => network.Uuid)];
            _dirty.AddRange(networks);
            foreach (Guid network in networks)
            {
                _again[network] = true;
            }
        }
    }

    private void OnFabricChanged()
    {
        FabricView? before = _seen;
        if (watch.View is not { } after)
        {
            return;
        }

        _seen = after;
        if (watch.Outage is null)
        {
            _dirty.AddWaiting(); // it is reached, perhaps again
        }

        if (before is null || before.Members != after.Members)
        {
            _dirty.AddRange(after.Networks.Keys);
        }

        if (before?.Networks != after.Networks)
        {
            _dirty.AddRange(after.Networks.Where(network => before?.Networks.GetValueOrDefault(network.Key) != network.Value).Select(network => network.Key));
            _dirty.AddRange(before?.Networks.Keys.Where(network => !after.Networks.ContainsKey(network)) ?? synced.All.Select(network => network.Uuid));
        }

        status.Touch();
    }

    private void OnConnected(IReadOnlyList<NetworkRef> networks)
    {
        report.Forget();
        _dirty.AddRange(networks.Select(network => network.Uuid));
        _dirty.AddRange(synced.All.Select(network => network.Uuid));
        _dirty.AddWaiting();
        status.Touch();
    }

    private void OnHappened(NetworkEvent.Lifecycle happened)
    {
        _happened.Add(happened);
        _dirty.Add(happened.Network.Uuid);
    }
}

internal static partial class FabricDaemonLog
{
    [LoggerMessage(EventId = 2170, Level = LogLevel.Debug, Message = "Network {Network} waits: {Reason}")]
    public static partial void Waits(this ILogger logger, Guid network, string reason);

    [LoggerMessage(EventId = 2171, Level = LogLevel.Error, Message = "Network {Network} could not be shared")]
    public static partial void Failed(this ILogger logger, Guid network, Exception exception);
}
