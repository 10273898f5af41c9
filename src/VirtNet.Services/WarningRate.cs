namespace VirtNet.Services;

/// <summary>
/// Lets one of many warnings of a kind through: what a guest can cause as often as it likes must not fill the log.
/// </summary>
internal sealed class WarningRate(TimeProvider clock)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long? _lastAt;
    private long _keptBack;

    /// <summary>Whether to warn now.</summary>
    /// <param name="keptBack">How many warnings there were since the last one that was let through.</param>
    public bool TryTake(out long keptBack)
    {
        keptBack = _keptBack;
        if (_lastAt is { } last && clock.GetElapsedTime(last) < Interval)
        {
            _keptBack++;
            return false;
        }

        _lastAt = clock.GetTimestamp();
        _keptBack = 0;
        return true;
    }
}
