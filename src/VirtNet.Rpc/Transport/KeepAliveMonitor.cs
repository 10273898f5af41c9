namespace VirtNet.Rpc.Transport;

/// <summary>
/// Finds out whether the peer still lives: after an interval without a packet from it a PING is sent,
/// and after a number of PINGs in a row that nothing answered the connection is given up. Callbacks come
/// from a timer's thread, one at a time.
/// </summary>
internal sealed class KeepAliveMonitor : IAsyncDisposable
{
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _interval;
    private readonly int _count;
    private readonly Action _sendPing;
    private readonly Action _giveUp;
    private readonly ITimer _timer;
    private long _lastReceived;
    private int _unanswered;
    private volatile bool _paused;

    public KeepAliveMonitor(TimeProvider timeProvider, TimeSpan interval, int count, Action sendPing, Action giveUp)
    {
        _timeProvider = timeProvider;
        _interval = interval;
        _count = count;
        _sendPing = sendPing;
        _giveUp = giveUp;
        _lastReceived = timeProvider.GetTimestamp();
        _timer = timeProvider.CreateTimer(_ => Check(), null, interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A packet came from the peer.</summary>
    public void PacketReceived()
    {
        Volatile.Write(ref _lastReceived, _timeProvider.GetTimestamp());
        Volatile.Write(ref _unanswered, 0);
    }

    /// <summary>While nobody reads what the peer sends, its silence means nothing.</summary>
    public void Pause(bool paused)
    {
        _paused = paused;
        if (!paused)
        {
            PacketReceived();
        }
    }

    /// <summary>When it ends, no callback runs any more.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Check()
    {
        if (_paused)
        {
            Wait(_interval);
            return;
        }

        TimeSpan silence = _timeProvider.GetElapsedTime(Volatile.Read(ref _lastReceived));
        if (Volatile.Read(ref _unanswered) == 0 && silence < _interval)
        {
            Wait(_interval - silence);
        }
        else if (Interlocked.Increment(ref _unanswered) > _count)
        {
            _giveUp();
        }
        else
        {
            Wait(_interval);
            _sendPing();
        }
    }

    private void Wait(TimeSpan time) => _timer.Change(time, Timeout.InfiniteTimeSpan);
}
