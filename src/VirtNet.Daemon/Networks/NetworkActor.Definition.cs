using VirtNet.Daemon.Files;
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

            await AttemptAsync("remove its definition", () => EndRemovalAsync(Name));
            Snapshot = _snapshot with { Config = null, Autostart = false };
            Publish(NetworkLifecycle.Undefined);
            LeaveIfGone();
        },
        cancellationToken);

    /// <summary>
    /// Stores the definition under another name, its autostart mark too, and leaves the rest to the network of that name. The new
    /// file is there before the old one goes: a daemon that dies in between finds both, and takes the first.
    /// </summary>
    /// <param name="succeed">Is told what the other network begins with, and takes over from this one.</param>
    public Task LeaveToAsync(string name, Action<NetworkSnapshot> succeed, CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            if (_environment.ConfigFiles.Exists(name)) // one that could not be read, and may be mended
            {
                throw VirtNetException.OperationFailed($"there is a definition in '{_environment.ConfigFiles.FileOf(name)}' already");
            }

            NetworkDefinition config = _snapshot switch
            {
                { IsActive: true } => throw VirtNetException.OperationInvalid($"cannot rename network '{Name}' while it is active"),
                { Config: { } persistent } => persistent with { Name = name },
                _ => throw NotThere(),
            };
            await MoveFilesAsync(config);
            ForgetGuests();
            succeed(_snapshot with { Config = config });
            Snapshot = _snapshot with { Config = null, Autostart = false };
        },
        cancellationToken);

    /// <summary>Both files, or neither.</summary>
    private async Task MoveFilesAsync(NetworkDefinition config)
    {
        try
        {
            _environment.ConfigFiles.Save(config);
            if (_snapshot.Autostart)
            {
                _environment.ConfigFiles.SetAutostart(config.Name, autostart: true);
            }

            _environment.ConfigFiles.Remove(Name);
        }
        catch (VirtNetException)
        {
            await AttemptAsync("undo its renaming", () =>
            {
                _environment.ConfigFiles.Remove(config.Name);
                return EndRemovalAsync(config.Name);
            });
            throw;
        }

        await AttemptAsync("remove its former definition", () => EndRemovalAsync(Name)); // else the next daemon does: the network is known
    }

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

    /// <summary>Takes over what a reload found on disk. Nothing is written and nobody is told.</summary>
    public Task ReloadAsync(NetworkDefinition definition, bool autostart, CancellationToken cancellationToken) => InvokeAsync(
        () =>
        {
            Snapshot = _snapshot with { Config = definition, Autostart = autostart };
            return Task.CompletedTask;
        },
        cancellationToken);

    private Task EndRemovalAsync(string name)
    {
        _environment.ConfigFiles.EndRemoval(name);
        return Task.CompletedTask;
    }

    /// <summary>Leases and files of a network that will not come back.</summary>
    private async Task ForgetAsync(NetworkDefinition definition)
    {
        await _environment.ForgetAsync(definition, CancellationToken.None);
        _environment.Conditions.Set(Identity.Uuid, GuestsSource, []);
    }
}
