namespace VirtNet.Services.Ra;

/// <summary>When a router advertises without being asked, and how soon it may repeat itself (RFC 4861 sections 6.2.4 and 6.2.6).</summary>
internal sealed class RaSchedule(Random random, TimeProvider clock)
{
    private const int InitialAdvertisements = 3;

    private static readonly TimeSpan InitialInterval = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(200);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(600);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(3);

    // While the bridge has no link-local address yet (duplicate address detection takes about a second).
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private int _sent;
    private long _last;

    /// <summary>To be called for every advertisement to everybody.</summary>
    public void Sent()
    {
        _sent++;
        _last = clock.GetTimestamp();
    }

    /// <summary>Until the next unasked advertisement.</summary>
    public TimeSpan UntilNext() =>
        _sent == 0 ? RetryInterval
        : _sent < InitialAdvertisements ? InitialInterval
        : ShortestInterval + ((LongestInterval - ShortestInterval) * random.NextDouble());

    /// <summary>Until everybody may be told again because somebody without an address asks.</summary>
    public TimeSpan UntilAllowed()
    {
        TimeSpan rest = _sent == 0 ? TimeSpan.Zero : ShortestPause - clock.GetElapsedTime(_last);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }
}
