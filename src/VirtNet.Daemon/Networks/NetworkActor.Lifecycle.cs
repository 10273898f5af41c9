using VirtNet.Daemon.Files;
using VirtNet.Daemon.Hooks;
using VirtNet.Host;
using VirtNet.Host.Networks;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <content>Start and stop.</content>
internal sealed partial class NetworkActor
{
    /// <summary>Starts the persistent definition.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => InvokeExistingAsync(
        () => _snapshot.IsActive
            ? throw VirtNetException.OperationInvalid("network is already active")
            : TryBringUpAsync(_snapshot.Config!),
        cancellationToken);

    /// <summary>Starts this definition; the persistent one, if any, stays and comes back after a destroy.</summary>
    public Task CreateAsync(NetworkDefinition definition, CancellationToken cancellationToken) => InvokeAsync(
        () => _snapshot.IsActive
            ? throw VirtNetException.OperationInvalid($"network is already active as '{Name}'")
            : TryBringUpAsync(definition),
        cancellationToken);

    public Task DestroyAsync(CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            NetworkDefinition live = RequireLive();
            WhyDown = null;
            IReadOnlyList<PluggedGuest> guests = await TakeDownAsync(live);
            Snapshot = _snapshot with { Live = null, Ports = [], HookTainted = false };
            TellOfGuests(guests);
            _environment.Logger.NetworkStopped(Name);
            Publish(NetworkLifecycle.Stopped);
            LeaveIfGone();
        },
        cancellationToken);

    private async Task TryBringUpAsync(NetworkDefinition definition)
    {
        try
        {
            await BringUpAsync(definition);
            WhyDown = null;
        }
        catch (Exception e)
        {
            WhyDown = e.Message;
            throw;
        }
    }

    /// <remarks>
    /// The state file is there as long as anything may be on the host: a daemon that was killed halfway is followed by one
    /// that finds the network, and goes on with it if its bridge bears its mark. A start that fails takes back what it made
    /// itself; what was there before it is not its business.
    /// </remarks>
    private async Task BringUpAsync(NetworkDefinition definition)
    {
        NetworkDefinition live = _environment.LiveOf(definition);
        IReadOnlyList<HostChange>? changes = null;
        _environment.ThrowIfNeverStarted(live); // before anything is touched
        _environment.StateFiles.DeletePorts(Name);
        _environment.Admit(before: null, live, []);
        NetworkHostState? desired = null;
        try
        {
            desired = _environment.StateOf(live, []);
            bool tainted = await _environment.Hooks.RunAsync(NetworkHook.Start, live);
            NetworkSnapshot started = _snapshot with { Live = live, Ports = [], HookTainted = tainted };
            _environment.StateFiles.Save(started);
            changes = await _environment.Host.StartAsync(desired, CancellationToken.None);
            Remember(desired);
            await _environment.Services.ApplyAsync(live, CancellationToken.None);
            if (await _environment.Hooks.RunAsync(NetworkHook.Started, live) && !tainted)
            {
                started = started with { HookTainted = true };
                _environment.StateFiles.Save(started);
            }

            Snapshot = started;
        }
        catch
        {
            await UndoBringUpAsync(live, desired, changes);
            throw;
        }

        await AttemptAsync("record its bridge", () => RecordBridge(live, missed: []));
        await AttemptAsync("plug its guests in again", () => PlugGuests(live));
        await AttemptAsync("say how it is", () => _environment.Tell(live, []));
        await FollowAsync(live); // nobody could follow it before
        _environment.Logger.NetworkStarted(Name);
        Publish(NetworkLifecycle.Started);
    }

    /// <param name="changes">What was changed on the host; null = it refused, and is as it was.</param>
    private async Task UndoBringUpAsync(NetworkDefinition live, NetworkHostState? desired, IReadOnlyList<HostChange>? changes)
    {
        if (desired is not null && changes is not null)
        {
            await AttemptAsync("stop its services", () => _environment.Services.StopAsync(live, CancellationToken.None));
            await AttemptAsync("undo its start", () => _environment.Host.UndoStartAsync(desired, changes));
        }

        _environment.Release(Identity.Uuid);
        _environment.StateFiles.Delete(Name);
        await AttemptAsync("run its hook", () => _environment.Hooks.RunAsync(NetworkHook.Stopped, live));
    }

    /// <summary>
    /// Takes everything of the network off the host, and forgets one that does not come back. Goes on after errors: there is no way
    /// back. The state file goes last: a daemon that is killed before that is followed by one that ends what this one began.
    /// </summary>
    /// <returns>The guests that were on it.</returns>
    private async Task<IReadOnlyList<PluggedGuest>> TakeDownAsync(NetworkDefinition live)
    {
        IReadOnlyList<PluggedGuest> guests = [];
        _withdrawn = false; // where it starts again, it is here that its guests are served
        await AttemptAsync("stop its services", () => _environment.Services.StopAsync(live, CancellationToken.None));
        await AttemptAsync("list its guests", () =>
        {
            guests = _environment.Host.ListGuests(live);
            SaveGuests(guests); // while they are there to be seen
        });
        await AttemptAsync(
            "remove it from the host",
            () => _environment.Host.StopAsync(_environment.StateOf(live, _snapshot.Ports), CancellationToken.None));
        _environment.Release(Identity.Uuid);
        if (!_snapshot.IsPersistent && !_environment.ConfigFiles.Exists(Name)) // a definition that cannot be read may be mended
        {
            await AttemptAsync("forget it", () => ForgetAsync(live));
        }

        _environment.StateFiles.Delete(Name);
        await AttemptAsync("run its hook", () => _environment.Hooks.RunAsync(NetworkHook.Stopped, live));
        return guests;
    }

    private Task AttemptAsync(string what, Action step) => AttemptAsync(what, () =>
    {
        step();
        return Task.CompletedTask;
    });

    private async Task AttemptAsync(string what, Func<Task> step)
    {
        try
        {
            await step();
        }
#pragma warning disable CA1031 // the steps after this one must still run
        catch (Exception e)
#pragma warning restore CA1031
        {
            _environment.Logger.StopStepFailed(Name, what, e);
        }
    }
}
