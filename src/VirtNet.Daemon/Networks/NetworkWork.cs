namespace VirtNet.Daemon.Networks;

/// <summary>
/// Does something with networks, each by itself: one that hangs in something holds up no other. Of one network there is one work at
/// a time and at most one that waits, however often it is asked for. What did not succeed is done again, ever more slowly, and at once
/// where it is asked for meanwhile. Safe on any thread.
/// </summary>
/// <param name="work">Says whether it succeeded.</param>
internal abstract class NetworkWork(NetworkRegistry registry, TimeProvider time, Func<NetworkActor, CancellationToken, Task<bool>> work)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Work> _running = [];

    /// <summary>Does it soon; without waiting for it.</summary>
    public void Begin(Guid network, CancellationToken stoppingToken)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(network, out Work? running))
            {
                running.Again.TrySetResult();
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
        TimeSpan wait = FirstWait;
        do
        {
            try
            {
                while (registry.TryFind(uuid, out NetworkActor? network) && !await work(network, stoppingToken))
                {
                    await AskedAgainAsync(begun, wait, stoppingToken);
                    wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
                }
            }
#pragma warning disable CA1031 // whatever it was: what is asked for later must be done
            catch (Exception)
#pragma warning restore CA1031
            {
                // gone meanwhile, or the daemon stops: what fails otherwise the network has said
            }

            wait = FirstWait;
        }
        while (!IsDone(uuid, begun));
    }

    /// <summary>Waits until it is asked for again, but so long at most.</summary>
    private async Task AskedAgainAsync(Work begun, TimeSpan wait, CancellationToken stoppingToken)
    {
        try
        {
            await begun.Again.Task.WaitAsync(wait, time, stoppingToken);
            lock (_lock)
            {
                begun.Again = Work.Unasked(); // what is asked for from now on is not yet in what is done next
            }
        }
        catch (TimeoutException)
        {
            // nobody asked
        }
    }

    private bool IsDone(Guid uuid, Work begun)
    {
        lock (_lock)
        {
            if (begun.Again.Task.IsCompleted)
            {
                begun.Again = Work.Unasked();
                return false;
            }

            _running.Remove(uuid);
            return true;
        }
    }

    private sealed class Work
    {
        /// <summary>Completed when it is asked for while it is done. Replaced by the one who does it.</summary>
        public TaskCompletionSource Again { get; set; } = Unasked();

        public Task Task { get; set; } = Task.CompletedTask;

        public static TaskCompletionSource Unasked() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
