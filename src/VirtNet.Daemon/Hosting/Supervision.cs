using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Networks;
using VirtNet.Linux.Processes;
using VirtNet.Services.Sockets;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// What the service manager learns: that the daemon is ready, once the networks that start with it are up; how it is; and
/// that it still answers, or it is started anew. Networks and guests outlive that.
/// </summary>
internal sealed class Supervision(
    ServiceNotifier manager,
    NetworkService networks,
    NetworkRegistry registry,
    ServiceStatus status,
    KeptSockets kept,
    TimeProvider clock,
    ILogger<Supervision> logger)
    : BackgroundService
{
    /// <summary>For how long a network that does not come up keeps others waiting.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(10);

    /// <summary>Far beyond what any operation on a network takes: even hooks that hang are ended sooner.</summary>
    private static readonly TimeSpan MailboxPatience = TimeSpan.FromMinutes(5);

    /// <summary>Decisions under the registry's lock take microseconds.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    private string _told = "";

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await networks.Autostarted.WaitAsync(StartPatience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            int waiting = registry.All.Count(network => network.Snapshot is { Autostart: true, IsActive: false });
            logger.NotAllStarted((int)StartPatience.TotalSeconds, waiting);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            logger.EndedBeforeReady();
            return;
        }

        _told = status.Text;
        manager.Ready(_told);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        kept.Leave();
        manager.Stopping();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A third of the time that the manager waits: one that comes late is not missed at once.
        TimeSpan interval = manager.WatchdogTime is { } time && time / 3 < StatusInterval ? time / 3 : StatusInterval;
        using PeriodicTimer timer = new(interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (networks.Autostarted.IsCompleted)
            {
                kept.CloseLeft();
            }

            if (FindFault() is { } fault)
            {
                logger.NotAlive(fault);
                continue;
            }

            manager.IsAlive();
            if (status.Text is { } text && text != _told)
            {
                _told = text;
                manager.Status(text);
            }
        }
    }

    /// <summary>What keeps the daemon from answering, of what only a new start can mend; null = nothing.</summary>
    private string? FindFault()
    {
        if (!registry.Answers(LockPatience))
        {
            return "the registry of networks is locked";
        }

        NetworkActor? stuck = registry.All.FirstOrDefault(network => network.BusyFor > MailboxPatience);
        return stuck is null ? null : $"an operation on network {stuck.Identity.Name} does not end";
    }
}
