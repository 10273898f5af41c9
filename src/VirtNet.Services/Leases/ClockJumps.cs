namespace VirtNet.Services.Leases;

/// <summary>
/// Tells when the wall clock was set, by comparing it with one that only counts. Corrections of up to a second or two
/// (NTP slewing) are left to add up. Safe on any thread.
/// </summary>
internal sealed class ClockJumps(TimeProvider clock)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private readonly Lock _sync = new();
    private DateTimeOffset _wall = clock.GetUtcNow();
    private long _counted = clock.GetTimestamp();

    /// <summary>By how much the clock was set since the last jump; null if it was not.</summary>
    public TimeSpan? Next()
    {
        lock (_sync)
        {
            long counted = clock.GetTimestamp();
            DateTimeOffset wall = clock.GetUtcNow();
            TimeSpan jump = wall - _wall - clock.GetElapsedTime(_counted, counted);
            if (jump.Duration() < Tolerance)
            {
                return null;
            }

            _wall = wall;
            _counted = counted;
            return jump;
        }
    }
}
