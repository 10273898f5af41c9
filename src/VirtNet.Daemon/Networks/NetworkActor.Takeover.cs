using VirtNet.Daemon.Files;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <content>A network that comes from another network manager with its bridge and guests, or goes to one.</content>
internal sealed partial class NetworkActor
{
    /// <summary>Guests are served by somebody else already, while the network is still held.</summary>
    private bool _withdrawn;

    /// <summary>
    /// Goes on with a network that another manager ran: its bridge is taken as it is, guests stay on it. No hook runs: the network
    /// does not start. The state file is there first; a daemon that is killed before the bridge bears its mark is followed by one
    /// that finds the network inactive, and touches nothing.
    /// </summary>
    public Task AdoptAsync(NetworkDefinition definition, BridgeMark mark, CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            if (_snapshot.IsActive)
            {
                throw VirtNetException.OperationInvalid("network is already active");
            }

            NetworkDefinition live = _environment.LiveOf(definition);
            NetworkHostState desired = _environment.StateOf(live, []);
            NetworkSnapshot adopted = _snapshot with { Live = live, Ports = [], HookTainted = false };
            IReadOnlyList<HostChange>? changes = null;
            _environment.ThrowIfNeverStarted(live);
            _environment.StateFiles.DeletePorts(Name);
            _environment.Admit(before: null, live, []);
            try
            {
                _environment.StateFiles.Save(adopted);
                changes = await _environment.Host.AdoptAsync(desired, mark, CancellationToken.None);
                await _environment.Services.ApplyAsync(live, CancellationToken.None);
                Remember(desired);
                Snapshot = adopted;
            }
            catch
            {
                _environment.Release(Identity.Uuid);
                if (changes is not null)
                {
                    await AttemptAsync("stop its services", () => _environment.Services.StopAsync(live, CancellationToken.None));
                    await AttemptAsync("undo its adoption", () => _environment.Host.UndoAdoptAsync(desired, changes));
                }

                _environment.StateFiles.Delete(Name);
                throw;
            }

            await AttemptAsync("record its bridge", () => RecordBridge(live, missed: []));
            _environment.Tell(live, []);
            _environment.Logger.NetworkAdopted(Name, live.BridgeName ?? "");
            Publish(NetworkLifecycle.Started);
        },
        cancellationToken);

    /// <summary>Serves guests no longer, so that somebody else can; the network is held on.</summary>
    public Task WithdrawAsync(CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            NetworkDefinition live = RequireLive();
            _withdrawn = true;
            await _environment.Services.StopAsync(live, CancellationToken.None);
        },
        cancellationToken);

    /// <summary>
    /// Lets go of a network that somebody else runs from now on: bridge and guests stay as they are, only what guards and marks them
    /// here goes. The state file goes last, as at a stop. Where the host does not let it go, it is held and served on.
    /// </summary>
    public Task LetGoAsync(CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            NetworkDefinition live = RequireLive();
            try
            {
                await _environment.Services.StopAsync(live, CancellationToken.None);
                await _environment.Host.LetGoAsync(_environment.StateOf(live, _snapshot.Ports), CancellationToken.None);
            }
            catch
            {
                await ServeAsync(live);
                throw;
            }

            _environment.Release(Identity.Uuid);
            _environment.StateFiles.Delete(Name);
            _withdrawn = false;
            Snapshot = _snapshot with { Live = null, Ports = [], HookTainted = false };
            _environment.Logger.NetworkLetGo(Name, live.BridgeName ?? "");
            Publish(NetworkLifecycle.Stopped);
            LeaveIfGone();
        },
        cancellationToken);
}
