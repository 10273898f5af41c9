namespace VirtNet.Host.Reconcile;

/// <summary>
/// How often one network may be repaired. A few times at once, then ever more slowly: something else wants it otherwise,
/// and a fight helps nobody. Not thread-safe.
/// </summary>
internal sealed class RepairPace
{
    public const int AtOnce = 5;

    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>After this long without a repair all is forgotten.</summary>
    public static readonly TimeSpan Peace = TimeSpan.FromMinutes(2);

    private int _repairs;
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>When the next repair may be.</summary>
    public DateTimeOffset NextAllowed => _repairs < AtOnce ? DateTimeOffset.MinValue : _last + Wait;

    private TimeSpan Wait
    {
        get
        {
            double seconds = FirstWait.TotalSeconds * Math.Pow(2, Math.Min(_repairs - AtOnce, 30));
            return TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds));
        }
    }

    /// <summary>Counts a repair.</summary>
    /// <returns>The wait that it brings about, if any.</returns>
    public TimeSpan? Count(DateTimeOffset now)
    {
        _repairs = now - _last > Peace ? 1 : _repairs + 1;
        _last = now;
        return _repairs < AtOnce ? null : Wait;
    }
}
