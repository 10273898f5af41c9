namespace VirtNet.Services.Tests.Fakes;

/// <summary>Time that moves when told to. The wall clock can be set apart from the one that only counts.</summary>
internal sealed class FakeClock : TimeProvider
{
    private readonly List<FakeTimer> _timers = [];
    private readonly Lock _sync = new();
    private DateTimeOffset _wall = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan _counted = TimeSpan.FromDays(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_sync)
        {
            return _wall;
        }
    }

    public override long GetTimestamp()
    {
        lock (_sync)
        {
            return _counted.Ticks;
        }
    }

    /// <summary>Lets time pass, and runs the timers that are due on the caller's thread.</summary>
    public void Advance(TimeSpan time)
    {
        List<FakeTimer> due;
        lock (_sync)
        {
            _wall += time;
            _counted += time;
            due = [.. _timers.Where(timer => timer.Due <= _counted)];
        }

        foreach (FakeTimer timer in due)
        {
            timer.Fire();
        }
    }

    /// <summary>Sets the wall clock, as an administrator or NTP does.</summary>
    public void SetBy(TimeSpan jump)
    {
        lock (_sync)
        {
            _wall += jump;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        FakeTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

        public void Fire()
        {
            Due = TimeSpan.MaxValue;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._sync)
            {
                clock._timers.Remove(this);
                Due = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : clock._counted + dueTime;
                clock._timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._sync)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
