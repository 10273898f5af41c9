using VirtNet.Daemon.Files;
using VirtNet.Daemon.Hooks;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <content>Changes of definitions, live and persistent: all requested copies change, or none.</content>
internal sealed partial class NetworkActor
{
    /// <param name="edit">Changes one copy, the live one with its ports; pure; throws when it cannot take the change.</param>
    public Task ChangeAsync(
        Func<NetworkDefinition, ValueList<NetworkPort>, NetworkDefinition> edit,
        DefinitionCopies copies,
        CancellationToken cancellationToken) =>
        InvokeExistingAsync(
            async () =>
            {
                await ApplyChangeAsync(edit, copies);
                if (_snapshot.Live is { } live)
                {
                    await _environment.Hooks.RunAsync(NetworkHook.Updated, live);
                }
            },
            cancellationToken);

    public Task ChangeMetadataAsync(
        Func<NetworkDefinition, ValueList<NetworkPort>, NetworkDefinition> edit,
        DefinitionCopies copies,
        NetworkEvent happened,
        CancellationToken cancellationToken) =>
        InvokeExistingAsync(
            async () =>
            {
                await ApplyChangeAsync(edit, copies);
                _environment.Events.Publish(happened);
            },
            cancellationToken);

    private async Task ApplyChangeAsync(
        Func<NetworkDefinition, ValueList<NetworkPort>, NetworkDefinition> edit, DefinitionCopies copies)
    {
        NetworkSnapshot before = _snapshot;
        DefinitionCopies affected = copies.Resolve(before);

        // The live copy first, as libvirt does: its error is the one that is told.
        NetworkDefinition? live = affected.HasFlag(DefinitionCopies.Live)
            ? _environment.Spanning.Complete(edit(before.Live!, before.Ports)) : before.Live;
        NetworkDefinition? config = affected.HasFlag(DefinitionCopies.Config) ? edit(before.Config!, []) : before.Config;
        await ReplaceCopiesAsync(before with { Live = live, Config = config });
    }

    /// <summary>Puts both copies in force and on disk, or leaves everything as it was.</summary>
    private async Task ReplaceCopiesAsync(NetworkSnapshot after)
    {
        NetworkSnapshot before = _snapshot;
        NetworkDefinition? config = after.Config != before.Config ? after.Config : null;
        if (after.Live is { } live && live != before.Live)
        {
            await ReplaceLiveAsync(before, after, new UnfinishedChange(live, config));
        }
        else if (config is not null)
        {
            _environment.ConfigFiles.Save(config);
            Snapshot = after;
        }
    }

    /// <remarks>One file decides whether the change is made: that of the definition where it changes too, else that of the state.</remarks>
    private async Task ReplaceLiveAsync(NetworkSnapshot before, NetworkSnapshot after, UnfinishedChange change)
    {
        bool applied = false;
        try
        {
            _environment.StateFiles.Save(before with { Unfinished = change });
            await ApplyLiveAsync(before.Live!, change.Live);
            applied = true;
            if (change.Config is { } config)
            {
                _environment.ConfigFiles.Save(config);
            }
            else
            {
                _environment.StateFiles.Save(after);
            }

            Snapshot = after;
        }
        catch
        {
            await AttemptAsync("undo a change", async () =>
            {
                if (applied)
                {
                    await ApplyLiveAsync(change.Live, before.Live!);
                }

                _environment.StateFiles.Save(before);
            });
            throw;
        }

        _environment.MacMaps.Save(change.Live, after.Ports);
        if (change.Config is not null)
        {
            await AttemptAsync("write its state", SaveState); // last: until then its file says that it is unfinished, and how it ends
        }
    }

    /// <summary>Brings host and services from one live definition to another, or back if that fails.</summary>
    private async Task ApplyLiveAsync(NetworkDefinition before, NetworkDefinition after)
    {
        _environment.Admit(before, after, _snapshot.Ports);
        try
        {
            await LeaveIpv6Async(before, after);
            await ServeAsync(after, (await ConvergeHostAsync(after)).Standing);
            _environment.Tell(after, _snapshot.Ports);
        }
        catch
        {
            await AttemptAsync("undo a change", async () =>
            {
                _environment.Adopt(before);
                await ServeAsync(before, (await ConvergeHostAsync(before)).Standing);
            });
            throw;
        }
    }

    /// <summary>Guests must hear of the end of their IPv6 addresses while there still is an address to say it from.</summary>
    private async Task LeaveIpv6Async(NetworkDefinition before, NetworkDefinition after)
    {
        NetworkDefinition staying = before with
        {
            Ips = before.Ips.Where(ip => !ip.IsIpv6 || after.Ips.Any(next => next.Network == ip.Network)).ToValueList(),
        };
        if (staying.Ips.Count < before.Ips.Count)
        {
            await ServeAsync(staying, _environment.Host.StandingOf(before));
        }
    }
}
