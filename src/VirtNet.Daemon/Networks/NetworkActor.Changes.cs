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
        NetworkDefinition? live = affected.HasFlag(DefinitionCopies.Live) ? edit(before.Live!, before.Ports) : before.Live;
        NetworkDefinition? config = affected.HasFlag(DefinitionCopies.Config) ? edit(before.Config!, []) : before.Config;
        if (live is not null && live != before.Live)
        {
            await ApplyLiveAsync(before.Live!, live);
        }

        try
        {
            if (config is not null && config != before.Config)
            {
                _environment.ConfigFiles.Save(config);
            }

            NetworkSnapshot after = before with { Live = live, Config = config };
            if (live != before.Live)
            {
                _environment.StateFiles.Save(after);
            }

            _snapshot = after;
        }
        catch (VirtNetException) when (live is not null && live != before.Live)
        {
            await AttemptAsync("undo a change", () => ApplyLiveAsync(live, before.Live!));
            throw;
        }
    }

    /// <summary>Brings host and services from one live definition to another, or back if that fails.</summary>
    private async Task ApplyLiveAsync(NetworkDefinition before, NetworkDefinition after)
    {
        try
        {
            await ConvergeHostAsync(after);
            await _environment.Services.ApplyAsync(after, CancellationToken.None);
        }
        catch
        {
            await AttemptAsync("undo a change", async () =>
            {
                await ConvergeHostAsync(before);
                await _environment.Services.ApplyAsync(before, CancellationToken.None);
            });
            throw;
        }
    }
}
