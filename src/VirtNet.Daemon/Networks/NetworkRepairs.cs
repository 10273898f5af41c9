using VirtNet.Model;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// Repairs networks, each by itself: one that hangs in something holds up no other. Of one network there is one repair at
/// a time and at most one that waits, however often it is asked for. Safe on any thread.
/// </summary>
internal sealed class NetworkRepairs(NetworkRegistry registry)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Repair> _running = [];

    /// <summary>Repairs a network soon; without waiting for it.</summary>
    public void Begin(Guid network, CancellationToken stoppingToken)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(network, out Repair? running))
            {
                running.Again = true;
                return;
            }

            Repair repair = new();
            _running.Add(network, repair);
            repair.Task = Task.Run(() => RunAsync(network, repair, stoppingToken), CancellationToken.None);
        }
    }

    public void BeginAll(CancellationToken stoppingToken)
    {
        foreach (NetworkActor network in registry.All)
        {
            Begin(network.Identity.Uuid, stoppingToken);
        }
    }

    /// <summary>Ends when the repairs that run, and those that wait, have ended.</summary>
    public Task EndedAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running.Values.Select(repair => repair.Task));
        }
    }

    private async Task RunAsync(Guid uuid, Repair repair, CancellationToken stoppingToken)
    {
        do
        {
            try
            {
                if (registry.TryFind(uuid, out NetworkActor? network))
                {
                    await network.RepairAsync(stoppingToken);
                }
            }
            catch (Exception e) when (e is VirtNetException or OperationCanceledException)
            {
                // gone meanwhile, or the daemon stops: what fails otherwise the network has said
            }
        }
        while (!IsDone(uuid, repair));
    }

    private bool IsDone(Guid uuid, Repair repair)
    {
        lock (_lock)
        {
            if (repair.Again)
            {
                repair.Again = false;
                return false;
            }

            _running.Remove(uuid);
            return true;
        }
    }

    private sealed class Repair
    {
        public bool Again { get; set; }

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
