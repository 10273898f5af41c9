namespace VirtNet.Services.Sockets;

/// <summary>Calls back once on its loop's thread, about a millisecond precise. To be used on that thread only.</summary>
internal sealed class LoopTimer
{
    private readonly DatagramLoop _loop;

    internal LoopTimer(DatagramLoop loop, Action callback)
    {
        _loop = loop;
        Callback = callback;
    }

    internal Action Callback { get; }

    /// <summary>Timestamp of the loop's clock at which to call; 0 when not running.</summary>
    internal long Due { get; set; }

    public bool IsRunning => Due != 0;

    /// <summary>Starts it, or starts it again with a new time.</summary>
    public void Start(TimeSpan after) => _loop.StartTimer(this, after);

    public void Stop() => _loop.StopTimer(this);
}
