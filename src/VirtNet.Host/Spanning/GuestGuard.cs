using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>Keeps guests to what is theirs: one change after the other, whoever asks for it. Thread-safe.</summary>
internal sealed class GuestGuard(RtnetlinkClient netlink) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly PortLocks _locks = new(netlink);

    public GuestLocks Read(GuestLocks wanted, LinkMessage bridge) => _locks.Read(wanted, bridge);

    /// <param name="after">Null = no port of the bridge is locked any more.</param>
    /// <exception cref="VirtNetException">The kernel refuses something; the rest is done.</exception>
    public Task ApplyAsync(GuestLocks? before, GuestLocks? after, LinkMessage bridge, CancellationToken cancellationToken) => InTurnAsync(
        () =>
        {
            if (after is null)
            {
                _locks.Remove(before!, bridge);
            }
            else
            {
                _locks.Apply(after, bridge);
            }
        },
        cancellationToken);

    /// <summary>Guests of a bridge may be elsewhere than before.</summary>
    /// <param name="current">What is wanted when it is its turn; null = nothing any more.</param>
    /// <exception cref="VirtNetException">The kernel refuses something; the rest is done.</exception>
    public Task KeepAsync(Func<GuestLocks?> current, LinkMessage bridge) => InTurnAsync(
        () =>
        {
            if (current() is { } wanted)
            {
                _locks.Apply(wanted, bridge);
            }
        },
        CancellationToken.None);

    public void Dispose() => _turn.Dispose();

    private async Task InTurnAsync(Action change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            change();
        }
        finally
        {
            _turn.Release();
        }
    }
}
