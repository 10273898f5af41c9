namespace VirtNet.Services.Sockets;

/// <summary>
/// How many networks have a socket in the one place in which the kernel has all that are bound to the same port of any address,
/// and through which each datagram to that port is passed. Safe on any thread.
/// </summary>
/// <param name="most">From then on networks have sockets that are elsewhere.</param>
internal sealed class SharedPlaces(int most)
{
    /// <summary>That costs each datagram 2 µs at most.</summary>
    public const int Usual = 256;

    private int _taken;

    /// <summary>Whether a network's socket is to be there, which is to be left then.</summary>
    /// <param name="left">Whether the one that the process before left is, which goes on as it is; null = it left none.</param>
    public bool TryTake(bool? left)
    {
        bool isRoom = Interlocked.Increment(ref _taken) <= most;
        if (left ?? isRoom)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _taken);
}
