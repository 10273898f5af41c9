using VirtNet.Daemon.Hooks;
using VirtNet.Model;
using VirtNet.Model.Differences;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <content>A new definition for a network that goes on running.</content>
internal sealed partial class NetworkActor
{
    /// <summary>
    /// Stores a definition, as a plain define does (so a transient network becomes a persistent one, which also gives a
    /// place to what must wait for the next start) unless only what runs is to change, and puts in force now what does not
    /// unplug a guest.
    /// </summary>
    public Task<LiveRedefinition> RedefineAsync(
        NetworkDefinition definition, RedefineFlags flags, CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            NetworkDefinition before = RequireLive();
            NetworkDifference difference = NetworkDifference.Between(
                before, _environment.LiveOf(definition), _snapshot.Ports);
            NetworkDefinition after = difference.Applicable;
            if (difference.NeedsRestart && !flags.HasFlag(RedefineFlags.Partial))
            {
                return new LiveRedefinition(difference, Done: false);
            }

            _environment.Check(before, after, _snapshot.Ports);
            await _environment.CheckChangeAsync(before, _environment.StateOf(after, _snapshot.Ports), CancellationToken.None);
            if (flags.HasFlag(RedefineFlags.DryRun))
            {
                return new LiveRedefinition(difference, Done: false);
            }

            bool liveOnly = flags.HasFlag(RedefineFlags.LiveOnly);
            await ReplaceCopiesAsync(_snapshot with { Live = after, Config = liveOnly ? _snapshot.Config : definition });
            _environment.Logger.NetworkRedefined(Name, difference.Changes.Count);
            if (!liveOnly)
            {
                Publish(NetworkLifecycle.Defined);
            }

            await _environment.Hooks.RunAsync(NetworkHook.Updated, after);
            return new LiveRedefinition(difference, Done: true);
        },
        cancellationToken);
}

/// <summary>What a redefinition of a running network changed (done), or would change.</summary>
internal sealed record LiveRedefinition(NetworkDifference Difference, bool Done);
