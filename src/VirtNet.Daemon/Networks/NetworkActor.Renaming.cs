using VirtNet.Daemon.Files;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <content>Another name for the network.</content>
internal sealed partial class NetworkActor
{
    /// <summary>
    /// Stores the definition under another name, its autostart mark too, and leaves the rest to the network of that name. The new
    /// file is there before the old one goes: a daemon that dies in between finds both, and takes the first. What runs follows the
    /// definition: a state that has its former name still is the next daemon's to rename.
    /// </summary>
    /// <param name="succeed">Is told what the other network begins with, and takes over from this one.</param>
    public Task LeaveToAsync(string name, Action<NetworkSnapshot> succeed, CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            if (_environment.ConfigFiles.Exists(name)) // one that could not be read, and may be mended
            {
                throw VirtNetException.OperationFailed($"there is a definition in '{_environment.ConfigFiles.FileOf(name)}' already");
            }

            if (WhyKnownByName() is { } reason)
            {
                throw VirtNetException.OperationInvalid($"cannot rename network '{Name}' while it is active: {reason}");
            }

            NetworkSnapshot moved = Renamed(name);
            if (moved.Live is { } live)
            {
                await ApplyLiveAsync(_snapshot.Live!, live);
            }

            await MoveFilesAsync(moved);
            ForgetGuests();
            succeed(moved);
            Snapshot = new NetworkSnapshot(Config: null, Live: null, Autostart: false, Ports: []);
        },
        cancellationToken);

    /// <summary>The same network under another name, that what is on the host is known to already.</summary>
    public NetworkActor Under(NetworkRef identity, NetworkSnapshot moved) => new(identity, moved, _environment, _bridges, _gone)
    {
        _published = _published,
        _peers = _peers,
        _span = _span,
    };

    private NetworkSnapshot Renamed(string name) => _snapshot with
    {
        Config = _snapshot.Config is { } config ? config with { Name = name } : throw NotThere(),
        Live = _snapshot.Live is { } live ? live with { Name = name } : null,
    };

    /// <summary>On the host it is known by its UUID and its bridge. Half a sentence: who else knows a running network by its name.</summary>
    private string? WhyKnownByName() => _snapshot switch
    {
        { Live: null } => null,
        { IsPersistent: false } => "it is transient, and has no definition to rename",
        { Ports.Count: > 0 } => "guests are plugged into it, whose hypervisor asks for it by that name",
        { HookTainted: true } => "a hook script was run for it under that name",
        { Live: { } live } when _environment.Publishing.ExtensionOf(live).Span is not null => "it spans hosts, which know it by that name",
        _ when _environment.Running.IsAwaited(Name) => "another network that runs lets it in by that name",
        _ when _withdrawn => "it is being taken over",
        _ when _environment.StateFiles.IsOfLaterVersion(Name) => "its state was written by a later virtnetd, and is left as it is",
        _ => null,
    };

    /// <summary>All files, or none.</summary>
    private async Task MoveFilesAsync(NetworkSnapshot moved)
    {
        NetworkDefinition config = moved.Config!;
        try
        {
            _environment.ConfigFiles.Save(config);
            if (moved.Autostart)
            {
                _environment.ConfigFiles.SetAutostart(config.Name, autostart: true);
            }

            _environment.ConfigFiles.Remove(Name); // from here on it has the new name
        }
        catch (VirtNetException)
        {
            await AttemptAsync("undo its renaming", async () =>
            {
                _environment.ConfigFiles.Remove(config.Name);
                _environment.ConfigFiles.EndRemoval(config.Name);
                if (moved.Live is { } live)
                {
                    await ApplyLiveAsync(live, _snapshot.Live!);
                }
            });
            throw;
        }

        await AttemptAsync("rename its state", () =>
        {
            if (moved.IsActive)
            {
                _environment.StateFiles.Save(moved);
                _environment.StateFiles.MoveRecords(Name, config.Name);
                _environment.StateFiles.Delete(Name);
            }
        });
        await AttemptAsync("remove its former definition", () => _environment.ConfigFiles.EndRemoval(Name)); // else the next daemon does: the network is known
    }
}
