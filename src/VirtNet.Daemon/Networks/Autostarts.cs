using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VirtNet.Model;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// Starts networks that are marked for it. One that spans hosts waits where this host has none of their addresses: at a boot its uplink
/// may come later than virtnetd. Safe on any thread.
/// </summary>
internal sealed class Autostarts(NetworkEnvironment environment, TimeProvider time, ILogger<Autostarts> logger)
{
    /// <summary>What comes with an address (links, routes) is waited for.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<Guid, NetworkActor> _waiting = [];
    private int _isDue;

    /// <summary>One that cannot start keeps nobody else from it: it is said.</summary>
    public async Task StartAsync(NetworkActor network, CancellationToken cancellationToken)
    {
        try
        {
            await network.StartAsync(cancellationToken);
        }
        catch (VirtNetException e) when (Wait(network))
        {
            logger.AutostartWaits(network.Identity.Name, e.Message);
        }
#pragma warning disable CA1031 // whatever it was
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.AutostartFailed(network.Identity.Name, e.Message);
        }
        catch (VirtNetException)
        {
            cancellationToken.ThrowIfCancellationRequested(); // a hook that was ended with the daemon: that was said
        }
    }

    /// <summary>Addresses of the host may have changed: looks soon for those that wait, and waits for nothing.</summary>
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
            await Task.WhenAll(_waiting.Values
                .Where(network => !LacksAddress(network) && _waiting.TryRemove(network.Identity.Uuid, out _))
                .Where(network => network.Snapshot is { Autostart: true, IsActive: false })
                .Select(network => StartAsync(network, stoppingToken)));
        }
        catch (OperationCanceledException)
        {
            // the daemon ends
        }
    }

    /// <summary>Has a network that could not start wait, if it is for that.</summary>
    private bool Wait(NetworkActor network)
    {
        _waiting[network.Identity.Uuid] = network; // before it is looked for: one that comes now is not missed
        return LacksAddress(network) || !_waiting.TryRemove(network.Identity.Uuid, out _);
    }

    private bool LacksAddress(NetworkActor network) =>
        network.Snapshot.Config is { } definition && environment.Spanning.LacksAddress(definition);
}
