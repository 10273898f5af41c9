using VirtNet.Host;
using VirtNet.Model;

namespace VirtNet.Daemon.Networks;

/// <content>Going on after a restart, and repair of what others broke.</content>
internal sealed partial class NetworkActor
{
    /// <summary>
    /// After a restart of the daemon: makes sure that the host still holds the network, and serves it again. A network
    /// whose bridge is gone is stopped for good, as after a boot.
    /// </summary>
    public Task AdoptAsync(CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            NetworkDefinition live = RequireLive();
            if (live.OwnsBridge && live.BridgeName is { } bridge && !_environment.Host.LinkExists(bridge))
            {
                _environment.Logger.BridgeVanished(Name, bridge);
                await TakeDownAsync(live);
                _snapshot = _snapshot with { Live = null, Ports = [], HookTainted = false };
                LeaveIfGone();
                return;
            }

            await AttemptAsync("adopt it on the host", () => ConvergeHostAsync(live));
            await AttemptAsync("serve it again", () => _environment.Services.ApplyAsync(live, CancellationToken.None));
        },
        cancellationToken);

    /// <summary>Puts back what somebody else changed. Does nothing for a network that was stopped meanwhile.</summary>
    public Task RepairAsync(CancellationToken cancellationToken) => InvokeAsync(
        async () =>
        {
            if (_snapshot.Live is { } live)
            {
                await AttemptAsync("repair it", async () =>
                {
                    if (await ConvergeHostAsync(live) > 0)
                    {
                        await _environment.Services.ApplyAsync(live, CancellationToken.None);
                    }
                });
            }
        },
        cancellationToken);

    /// <summary>At a reload: puts back what is missing, and serves the network again. Does nothing for one that was stopped.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => InvokeAsync(
        async () =>
        {
            if (_snapshot.Live is { } live)
            {
                await AttemptAsync("repair it", () => ConvergeHostAsync(live));
                await AttemptAsync("serve it again", () => _environment.Services.ApplyAsync(live, CancellationToken.None));
            }
        },
        cancellationToken);

    /// <returns>How many changes were needed.</returns>
    private async Task<int> ConvergeHostAsync(NetworkDefinition live)
    {
        NetworkHostState desired = new(live, _snapshot.Ports);
        return (await _environment.Host.ConvergeAsync(desired, CancellationToken.None)).Count;
    }
}
