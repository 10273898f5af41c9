namespace VirtNet.Services.Sockets;

/// <summary>
/// Tells a loop to which many datagrams come to rest between its turns, so that one turn serves many: to be woken costs a
/// thread more than to answer. What network cards do with their interrupts (ethtool(8), adaptive-rx). The loop's thread only.
/// </summary>
internal sealed class Coalescing(TimeProvider clock)
{
    /// <summary>Datagrams a second above which it rests.</summary>
    private const int BusyRate = 2_000;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(10);

    private long _since = clock.GetTimestamp();
    private int _received;
    private bool _busy;

    /// <summary>
    /// Counts what a turn received. True if the loop should rest before the next one: not where a full batch has gathered
    /// anyway.
    /// </summary>
    public bool EndTurn(int received)
    {
        _received += received;
        long now = clock.GetTimestamp();
        TimeSpan elapsed = clock.GetElapsedTime(_since, now);
        if (elapsed >= Window)
        {
            _busy = _received > BusyRate * elapsed.TotalSeconds;
            _received = 0;
            _since = now;
        }

        return _busy && received < ReceiveBatch.Capacity;
    }
}
