namespace VirtNet.Services.Leases;

/// <summary>
/// Whether this host follows what the others of its networks do. It is said again and again: a link that nobody speaks of any more
/// is down. Safe on any thread.
/// </summary>
internal sealed class SharingLink(TimeProvider clock)
{
    private long _until;
    private bool _wasUp;

    public bool IsUp => Volatile.Read(ref _wasUp) && clock.GetTimestamp() < Interlocked.Read(ref _until);

    /// <param name="time">For how long it is up unless that is said again.</param>
    public void Keep(TimeSpan time)
    {
        Interlocked.Exchange(ref _until, clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency));
        Volatile.Write(ref _wasUp, true);
    }
}
