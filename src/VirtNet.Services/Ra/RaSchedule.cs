namespace VirtNet.Services.Ra;

/// <summary>When a router advertises without being asked, and how soon it may repeat itself (RFC 4861 sections 6.2.4 and 6.2.6).</summary>
/// <param name="guestsWait">Guests were there before IPv6 was: they do not ask, so they are told as soon as it can be.</param>
internal sealed class RaSchedule(bool guestsWait, Random random, TimeProvider clock)
{
    private const int InitialAdvertisements = 3;

    /// <summary>As long as the bridge's link-local address takes to show itself unique, and a few times that.</summary>
    private const int FirstAttempts = 10;

    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan InitialInterval = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(200);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(600);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(3);

    private int _sent;
    private int _notSent;
    private long _last;

    /// <summary>To be called for every advertisement to everybody.</summary>
    public void Sent()
    {
        _sent++;
        _last = clock.GetTimestamp();
    }

    /// <summary>To be called when there was no valid source yet for one.</summary>
    public void NotSent() => _notSent++;

    /// <summary>
    /// Until the next unasked advertisement, the first included: a guest that comes up asks by itself, so a network that
    /// has just started need not speak before anybody listens.
    /// </summary>
    /// <param name="longest">The longest time between two; null = as usual. The shortest is three quarters of it.</param>
    public TimeSpan UntilNext(TimeSpan? longest = null) =>
        guestsWait && _sent == 0 && _notSent < FirstAttempts ? FirstInterval
        : _sent < InitialAdvertisements ? (longest < InitialInterval ? longest.Value : InitialInterval)
        : longest is { } most ? most * (0.75 + (0.25 * random.NextDouble()))
        : ShortestInterval + ((LongestInterval - ShortestInterval) * random.NextDouble());

    /// <summary>Until everybody may be told again because somebody without an address asks.</summary>
    public TimeSpan UntilAllowed()
    {
        TimeSpan rest = _sent == 0 ? TimeSpan.Zero : ShortestPause - clock.GetElapsedTime(_last);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }
}
