using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server;

/// <summary>The shares of all users that have connections.</summary>
/// <param name="limits">For each user.</param>
/// <param name="trusted">For those that the daemon trusts anyway.</param>
internal sealed class UserShares(UserLimits limits, UserLimits trusted)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, UserShare> _shares = [];

    /// <summary>One connection more, to be given back by <see cref="Leave"/>.</summary>
    /// <returns>Null when the user has as many as it may have.</returns>
    public UserShare? TryEnter(UnixPeer peer)
    {
        lock (_lock)
        {
            if (!_shares.TryGetValue(peer.UserId, out UserShare? share))
            {
                _shares.Add(peer.UserId, share = new UserShare(peer.UserId, LimitsOf(peer)));
            }

            if (share.Connections >= share.Limits.Connections)
            {
                return null;
            }

            share.Connections++;
            return share;
        }
    }

    public void Leave(UserShare share)
    {
        lock (_lock)
        {
            if (--share.Connections == 0)
            {
                _shares.Remove(share.UserId);
            }
        }
    }

    public UserLimits LimitsOf(UnixPeer peer) => peer.IsTrusted ? trusted : limits;
}

/// <summary>What the connections of one user hold at the moment. Safe on any thread.</summary>
internal sealed class UserShare(uint userId, UserLimits limits)
{
    private int _registrations;
    private long _queued;

    public uint UserId => userId;

    public UserLimits Limits => limits;

    /// <summary>Of <see cref="UserShares"/>, under its lock.</summary>
    public int Connections { get; set; }

    public bool TryRegister()
    {
        if (Interlocked.Increment(ref _registrations) <= limits.Registrations)
        {
            return true;
        }

        Interlocked.Decrement(ref _registrations);
        return false;
    }

    public void Deregister(int count) => Interlocked.Add(ref _registrations, -count);

    /// <summary>Counts what is queued in any case. False when it is too much beside what waits already.</summary>
    public bool Queue(int bytes)
    {
        long queued = Interlocked.Add(ref _queued, bytes);
        return queued <= limits.QueuedBytes || queued == bytes; // whatever fits a packet can be asked for
    }

    public void Dequeue(int bytes) => Interlocked.Add(ref _queued, -bytes);
}
