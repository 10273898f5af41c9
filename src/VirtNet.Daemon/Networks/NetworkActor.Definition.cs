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

            await AttemptAsync("remove its definition", EndRemovalAsync);
            Snapshot = _snapshot with { Config = null, Autostart = false };
            Publish(NetworkLifecycle.Undefined);
            LeaveIfGone();
        },
        cancellationToken);

    /// <summary>
    /// Stores the definition under another name, its autostart mark too, and leaves the rest to the network of that name. The new
    /// file is there before the old one goes: a daemon that dies in between finds both, and takes the first.
    /// </summary>
    /// <returns>What the other network begins with.</returns>
    public Task<NetworkSnapshot> LeaveToAsync(string name, CancellationToken cancellationToken) => InvokeExistingAsync(
        () =>
        {
            NetworkDefinition config = _snapshot switch
            {
                { IsActive: true } => throw VirtNetException.OperationInvalid($"cannot rename network '{Name}' while it is active"),
                { Config: { } persistent } => persistent with { Name = name },
                _ => throw NotThere(),
            };
            MoveFiles(config);
            ForgetGuests();
            NetworkSnapshot moved = _snapshot with { Config = config };
            Snapshot = _snapshot with { Config = null, Autostart = false };
            return Task.FromResult(moved);
        },
        cancellationToken);

    /// <summary>Both files, or neither.</summary>
    private void MoveFiles(NetworkDefinition config)
    {
        try
        {
            _environment.ConfigFiles.Save(config);
            if (_snapshot.Autostart)
            {
                _environment.ConfigFiles.SetAutostart(config.Name, autostart: true);
            }

            RemoveFile(Name);
        }
        catch (VirtNetException)
        {
            RemoveFile(config.Name);
            throw;
        }
    }

    /// <summary>Where nothing is to be forgotten with it: the network has another file.</summary>
    private void RemoveFile(string name)
    {
        _environment.ConfigFiles.Remove(name);
        _environment.ConfigFiles.EndRemoval(name);
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

    private Task EndRemovalAsync()
    {
        _environment.ConfigFiles.EndRemoval(Name);
        return Task.CompletedTask;
    }

    /// <summary>Leases and files of a network that will not come back.</summary>
    private async Task ForgetAsync(NetworkDefinition definition)
    {
        await _environment.Services.ForgetAsync(definition, CancellationToken.None);
        _environment.MacMaps.Delete(definition);
        ForgetGuests();
    }
}
