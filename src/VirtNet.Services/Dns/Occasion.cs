namespace VirtNet.Services.Dns;

/// <summary>Lets through once in a minute what a guest could cause again and again. One thread, or under a lock.</summary>
internal sealed class Occasion
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long? _last;

    /// <summary>True if it was not within the last minute.</summary>
    public bool Comes(TimeProvider clock)
    {
        if (_last is { } last && clock.GetElapsedTime(last) < Interval)
        {
            return false;
        }

        _last = clock.GetTimestamp();
        return true;
    }
}
