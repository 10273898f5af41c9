using VirtNet.Model;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// Does something with networks, each by itself: one that hangs in something holds up no other. Of one network there is one work at
/// a time and at most one that waits, however often it is asked for. Safe on any thread.
/// </summary>
internal abstract class NetworkWork(NetworkRegistry registry, Func<NetworkActor, CancellationToken, Task> work)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Work> _running = [];

    /// <summary>Does it soon; without waiting for it.</summary>
    public void Begin(Guid network, CancellationToken stoppingToken)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(network, out Work? running))
            {
                running.Again = true;
                return;
            }

            Work begun = new();
            _running.Add(network, begun);
            begun.Task = Task.Run(() => RunAsync(network, begun, stoppingToken), CancellationToken.None);
        }
    }

    public void BeginAll(CancellationToken stoppingToken)
    {
        foreach (NetworkActor network in registry.All)
        {
            Begin(network.Identity.Uuid, stoppingToken);
        }
    }

    /// <summary>Ends when those that run, and those that wait, have ended.</summary>
    public Task EndedAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running.Values.Select(begun => begun.Task));
        }
    }

    private async Task RunAsync(Guid uuid, Work begun, CancellationToken stoppingToken)
    {
        do
        {
            try
            {
                if (registry.TryFind(uuid, out NetworkActor? network))
                {
                    await work(network, stoppingToken);
                }
            }
            catch (Exception e) when (e is VirtNetException or OperationCanceledException)
            {
                // gone meanwhile, or the daemon stops: what fails otherwise the network has said
            }
        }
        while (!IsDone(uuid, begun));
    }

    private bool IsDone(Guid uuid, Work begun)
    {
        lock (_lock)
        {
            if (begun.Again)
            {
                begun.Again = false;
                return false;
            }

            _running.Remove(uuid);
            return true;
        }
    }

    private sealed class Work
    {
        public bool Again { get; set; }

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
