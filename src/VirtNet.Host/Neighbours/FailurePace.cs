namespace VirtNet.Host.Neighbours;

/// <summary>How long to wait before trying again what has failed: ever longer while it keeps failing.</summary>
internal sealed class FailurePace
{
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private TimeSpan _wait;

    /// <summary>Whether the last try failed.</summary>
    public bool IsFailing => _wait > TimeSpan.Zero;

    public void Succeeded() => _wait = TimeSpan.Zero;

    /// <returns>How long to wait.</returns>
    public TimeSpan Failed() => _wait = !IsFailing ? FirstWait : _wait * 2 < LongestWait ? _wait * 2 : LongestWait;
}
