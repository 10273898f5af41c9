using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <content>The persistent definition: define, undefine, autostart.</content>
internal sealed partial class NetworkActor
{
    /// <summary>Stores a definition; a live one stays in force until the network is started again.</summary>
    public Task DefineAsync(NetworkDefinition definition, CancellationToken cancellationToken) => InvokeAsync(
        () =>
        {
            _environment.ConfigFiles.Save(definition);
            _environment.Spanning.TellShared(Identity.Uuid, obstacle: null); // what was said was of another definition
            Snapshot = _snapshot with { Config = definition };
            Publish(NetworkLifecycle.Defined);
            return Task.CompletedTask;
        },
        cancellationToken);

    /// <summary>Removes the definition; an active network goes on as a transient one.</summary>
    public Task UndefineAsync(CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            NetworkDefinition config = _snapshot.Config
                ?? throw VirtNetException.OperationInvalid("can't undefine transient network");
            _environment.ConfigFiles.Remove(Name);
            if (!_snapshot.IsActive)
            {
                await AttemptAsync("forget it", () => ForgetAsync(config)); // while the network is still known: its leases' end is told under its name
            }

            await AttemptAsync("remove its definition", () => _environment.ConfigFiles.EndRemoval(Name));
            Snapshot = _snapshot with { Config = null, Autostart = false };
            Publish(NetworkLifecycle.Undefined);
            LeaveIfGone();
        },
        cancellationToken);

    public Task SetAutostartAsync(bool autostart, CancellationToken cancellationToken) => InvokeExistingAsync(
        () =>
        {
            if (!_snapshot.IsPersistent)
            {
                throw VirtNetException.OperationInvalid("cannot set autostart for transient network");
            }

            if (_snapshot.Autostart != autostart)
            {
                _environment.ConfigFiles.SetAutostart(Name, autostart);
                Snapshot = _snapshot with { Autostart = autostart };
            }

            return Task.CompletedTask;
        },
        cancellationToken);

    /// <summary>Joins a persistent definition to a network that was loaded as active. Only before operations begin.</summary>
    public void AttachConfig(NetworkDefinition definition, bool autostart) =>
        Snapshot = _snapshot with { Config = definition, Autostart = autostart };

    /// <summary>
    /// At a reload: takes over what is on disk now, which may be more than was there when somebody looked. What is not there, or is
    /// another network's, changes nothing; nobody is told.
    /// </summary>
    public Task ReloadAsync(CancellationToken cancellationToken) => InvokeAsync(
        async () =>
        {
            if (_environment.ConfigFiles.Load(Name) is { } stored
                && stored.Definition with { Uuid = stored.Definition.Uuid ?? Identity.Uuid } is var named && named.Uuid == Identity.Uuid)
            {
                NetworkDefinition definition = NetworkDefaults.Repair(named, SystemRandom.Fill);
                Snapshot = _snapshot with { Config = definition, Autostart = stored.Autostart };
                if (definition != stored.Definition)
                {
                    await AttemptAsync("store its UUID and MAC address", () => _environment.ConfigFiles.Save(definition));
                }
            }
        },
        cancellationToken);


    /// <summary>Leases and files of a network that will not come back.</summary>
    private async Task ForgetAsync(NetworkDefinition definition)
    {
        await _environment.ForgetAsync(definition, CancellationToken.None);
        _environment.Conditions.Set(Identity.Uuid, GuestsSource, []);
        _environment.Spanning.TellShared(Identity.Uuid, obstacle: null);
    }
}
