namespace VirtNet.Daemon.Publishing;

/// <summary>How many clients are relayed at once: of one network, and of all. Each costs two descriptors. Thread-safe.</summary>
/// <param name="all">The room of all networks; null = this is it.</param>
internal sealed class RelayRoom(int most, RelayRoom? all = null)
{
    /// <summary>Of one network.</summary>
    public const int MostOfNetwork = 128;

    /// <summary>Of all networks together.</summary>
    public const int Most = 512;

    private int _taken;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= most && all?.TryEnter() != false)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void Leave()
    {
        Interlocked.Decrement(ref _taken);
        all?.Leave();
    }
}
