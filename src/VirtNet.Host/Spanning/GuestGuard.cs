using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// Keeps guests to what is theirs: their ports are locked, and what comes in by them is looked at. One change after the other, whoever
/// asks for it. Thread-safe.
/// </summary>
internal sealed class GuestGuard(RtnetlinkClient netlink, SpanFirewall? firewall) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly PortLocks _locks = new(netlink);

    public async Task<GuestLocks> ReadAsync(GuestLocks wanted, LinkMessage bridge, CancellationToken cancellationToken)
    {
        GuestLocks have = _locks.Read(wanted, bridge, out LockedPorts ports);
        return have with { Guarded = firewall is null || await firewall.AreGuardedAsync(ports, cancellationToken) };
    }

    /// <param name="after">Null = no port of the bridge is locked any more.</param>
    /// <exception cref="VirtNetException">The kernel refuses something; the rest is done.</exception>
    public Task ApplyAsync(GuestLocks? before, GuestLocks? after, LinkMessage bridge, CancellationToken cancellationToken) => InTurnAsync(
        () => after is null ? RemoveAsync(before!, bridge, cancellationToken) : ApplyAsync(after, bridge, cancellationToken), cancellationToken);

    /// <summary>Guests of a bridge may be elsewhere than before.</summary>
    /// <param name="current">What is wanted when it is its turn; null = nothing any more.</param>
    /// <exception cref="VirtNetException">The kernel refuses something; the rest is done.</exception>
    public Task KeepAsync(Func<GuestLocks?> current, LinkMessage bridge) => InTurnAsync(
        () => current() is { } wanted ? ApplyAsync(wanted, bridge, CancellationToken.None) : Task.CompletedTask, CancellationToken.None);

    public void Dispose() => _turn.Dispose();

    private async Task ApplyAsync(GuestLocks wanted, LinkMessage bridge, CancellationToken cancellationToken)
    {
        _locks.Apply(wanted, bridge, out LockedPorts ports);
        if (firewall is not null)
        {
            await firewall.GuardAsync(wanted.Bridge, ports, IsThere, cancellationToken);
        }
    }

    private async Task RemoveAsync(GuestLocks locks, LinkMessage bridge, CancellationToken cancellationToken)
    {
        if (firewall is not null)
        {
            int[] all = [.. netlink.ListLinks(bridge.Index).Select(port => port.Index)];
            await firewall.GuardAsync(locks.Bridge, new LockedPorts(bridge.Index, Gateway: null, all, []), IsThere, cancellationToken);
        }

        _locks.Remove(locks, bridge);
    }

    private bool IsThere(int link) => netlink.FindLink(link) is not null;

    private async Task InTurnAsync(Func<Task> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await change();
        }
        finally
        {
            _turn.Release();
        }
    }
}
