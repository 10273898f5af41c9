using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VirtNet.Model;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// Networks that span hosts and were to start when this host had none of their addresses: at a boot its uplink may come later than
/// virtnetd. They start when it has one. Safe on any thread.
/// </summary>
internal sealed class LateStarts(NetworkEnvironment environment, TimeProvider time, ILogger<LateStarts> logger)
{
    /// <summary>What comes with an address (links, routes) is waited for.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<Guid, NetworkActor> _waiting = [];
    private int _isDue;

    /// <summary>Has a network that could not start wait, if it is for that.</summary>
    public bool Wait(NetworkActor network)
    {
        _waiting[network.Identity.Uuid] = network; // before it is looked for: one that comes now is not missed
        return LacksAddress(network) || !_waiting.TryRemove(network.Identity.Uuid, out _);
    }

    /// <summary>Addresses of the host may have changed: looks soon, and waits for nothing.</summary>
    public void Begin(CancellationToken stoppingToken)
    {
        if (!_waiting.IsEmpty && Interlocked.Exchange(ref _isDue, 1) == 0)
        {
            _ = Task.Run(() => LookAsync(stoppingToken), CancellationToken.None);
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(Settling, time, stoppingToken);
            Volatile.Write(ref _isDue, 0);
            await Task.WhenAll(_waiting.Values.Where(network => !LacksAddress(network)).Select(network => StartAsync(network, stoppingToken)));
        }
        catch (OperationCanceledException)
        {
            // the daemon ends
        }
    }

    private async Task StartAsync(NetworkActor network, CancellationToken stoppingToken)
    {
        if (!_waiting.TryRemove(network.Identity.Uuid, out _) || network.Snapshot is not { Autostart: true, IsActive: false })
        {
            return;
        }

        try
        {
            await network.StartAsync(stoppingToken);
        }
        catch (VirtNetException e)
        {
            logger.AutostartFailed(network.Identity.Name, e.Message);
        }
    }

    private bool LacksAddress(NetworkActor network) =>
        network.Snapshot.Config is { } definition && environment.Spanning.LacksAddress(definition);
}
