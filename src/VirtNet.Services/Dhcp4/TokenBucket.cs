namespace VirtNet.Services.Dhcp4;

/// <summary>So many at once, and so many a second in the long run.</summary>
internal sealed class TokenBucket(double burst, double perSecond, TimeProvider clock)
{
    private double _taken;
    private long _at = clock.GetTimestamp();

    /// <summary>How many could be taken now.</summary>
    public double Level
    {
        get
        {
            long now = clock.GetTimestamp();
            _taken = Math.Max(0, _taken - (clock.GetElapsedTime(_at, now).TotalSeconds * perSecond));
            _at = now;
            return burst - _taken;
        }
    }

    public bool IsEmpty => Level < 1;

    /// <summary>Nothing was taken for long: it tells no more than a new one.</summary>
    public bool IsFull => Level >= burst;

    public void Take() => _taken++;
}
