namespace VirtNet.Services;

/// <summary>
/// A <see cref="WarningRate"/> for each of a few things of a kind, so that what one guest does hides nothing of what others
/// do. Who invents more of them within the time shares what is left.
/// </summary>
/// <param name="clock">Tells the time.</param>
internal sealed class WarningRates<TKey>(TimeProvider clock)
    where TKey : notnull
{
    /// <summary>For so many at a time, each has its own.</summary>
    public const int MaxKeys = 64;

    private readonly Dictionary<TKey, long> _lastAt = [];
    private readonly WarningRate _others = new(clock);
    private long _keptBack;

    /// <summary>Whether to warn of this now.</summary>
    /// <param name="keptBack">How many warnings of the kind there were since the last one that was let through.</param>
    public bool TryTake(TKey key, out long keptBack)
    {
        keptBack = _keptBack;
        if (!TryTake(key))
        {
            _keptBack++;
            return false;
        }

        _keptBack = 0;
        return true;
    }

    private bool TryTake(TKey key)
    {
        if (_lastAt.TryGetValue(key, out long last) && !IsOver(last))
        {
            return false;
        }

        if (_lastAt.Count >= MaxKeys && !_lastAt.ContainsKey(key))
        {
            foreach (TKey past in _lastAt.Where(entry => IsOver(entry.Value)).Select(entry => entry.Key).ToArray())
            {
                _lastAt.Remove(past);
            }

            if (_lastAt.Count >= MaxKeys)
            {
                return _others.TryTake(out _);
            }
        }

        _lastAt[key] = clock.GetTimestamp();
        return true;
    }

    private bool IsOver(long at) => clock.GetElapsedTime(at) >= WarningRate.Interval;
}
