namespace VirtNet.Daemon.Networks;

/// <summary>
/// Lets a few of many operations run at a time, in the order in which they came, so that nobody who asks something else is
/// queued behind them all. Thread-safe.
/// </summary>
internal sealed class TurnQueue(int atOnce)
{
    private readonly Lock _lock = new();
    private readonly Queue<Turn> _waiting = [];
    private int _running;

    /// <summary>Runs an operation when its turn comes, or at once when somebody hurries it.</summary>
    public async Task RunAsync(Turn turn, Func<Task> operation, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _waiting.Enqueue(turn);
            Advance();
        }

        try
        {
            await turn.Come.WaitAsync(cancellationToken);
            await operation();
        }
        finally
        {
            lock (_lock)
            {
                turn.Hurry(); // one that was cancelled is not waited for
                _running -= turn.Counts ? 1 : 0;
                Advance();
            }
        }
    }

    private void Advance()
    {
        while (_running < atOnce && _waiting.TryDequeue(out Turn? next))
        {
            if (next.TryBegin())
            {
                next.Counts = true;
                _running++;
            }
        }
    }
}

/// <summary>The turn of one operation.</summary>
internal sealed class Turn
{
    private readonly TaskCompletionSource _come = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the operation may run.</summary>
    public Task Come => _come.Task;

    /// <summary>Whether it is one of the few; one that was hurried runs beside them. The queue's.</summary>
    public bool Counts { get; set; }

    /// <summary>Somebody waits for the operation: it need not wait for others.</summary>
    public void Hurry() => TryBegin();

    /// <returns>False when it has come already.</returns>
    public bool TryBegin() => _come.TrySetResult();
}
