using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Files;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// Notices when somebody removes the networks' files, or their folders, under the running daemon: the next one would find
/// them gone. What is the daemon's own (folders, states) is written again from memory. A definition that was removed alone
/// is only spoken of: an administrator may have meant it, and shall not see it come back by itself; nobody removes all
/// networks by removing the folder.
/// </summary>
internal sealed class NetworkFilesUpkeep(
    DaemonPaths paths, NetworkRegistry registry, ConditionBoard conditions, TimeProvider time, ILogger<NetworkFilesUpkeep> logger)
{
    private const string Source = "files";

    private readonly FolderLook _definitions = new(paths.NetworkConfigs, time);
    private readonly FolderLook _states = new(paths.NetworkStates, time);

    /// <summary>Costs a few looks at folders, and what there is to mend.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        HashSet<string> anew = [.. MakeFolders()];
        bool definitions = anew.Contains(paths.NetworkConfigs);
        bool links = anew.Contains(paths.AutostartLinks);
        bool states = anew.Contains(paths.NetworkStates) || anew.Contains(paths.StateDirectory);
        if (anew.Contains(paths.RuntimeDirectory))
        {
            File.WriteAllText(paths.AutostartedMarker, ""); // or the next daemon would start what was stopped on purpose
        }

        bool lookForDefinitions = _definitions.Changed() && !definitions;
        bool lookForStates = _states.Changed() && !states;
        if (definitions || links || states || lookForDefinitions || lookForStates)
        {
            await Task.WhenAll(registry.All.Select(async network =>
            {
                bool state = states || (lookForStates && network.IsStateMissing);
                await WriteAgainAsync(network, definitions, links, state, cancellationToken);
                if (definitions || lookForDefinitions)
                {
                    await TellAsync(network, cancellationToken);
                }
            }));
        }
    }

    /// <returns>Those that were missing and are there again.</returns>
    private List<string> MakeFolders()
    {
        List<string> made = [];
        List<Condition> lost = [];
        foreach (string folder in paths.Folders.Where(folder => !Directory.Exists(folder)))
        {
            try
            {
                Directory.CreateDirectory(folder);
                made.Add(folder);
                logger.FolderMadeAnew(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                lost.Add(new Condition(ConditionKind.Warning, $"the folder {folder} is not there and cannot be made: {e.Message}"));
            }
        }

        if (conditions.Set(network: null, Source, lost))
        {
            foreach (Condition condition in lost)
            {
                logger.FolderLost(condition.Text);
            }
        }

        return made;
    }

    private async Task WriteAgainAsync(
        NetworkActor network, bool definition, bool link, bool state, CancellationToken cancellationToken)
    {
        try
        {
            if ((definition || link || state) && await network.WriteFilesAgainAsync(definition, link, state, cancellationToken))
            {
                logger.FilesWrittenAgain(network.Identity.Name);
            }
        }
        catch (VirtNetException e)
        {
            logger.FilesNotWritten(network.Identity.Name, e.Message);
        }
    }

    private async Task TellAsync(NetworkActor network, CancellationToken cancellationToken)
    {
        // The first look may come in the middle of an operation; only what the network itself finds missing is.
        string? missing = null;
        if (network.IsDefinitionMissing)
        {
            try
            {
                missing = await network.FindMissingDefinitionAsync(cancellationToken);
            }
            catch (VirtNetException)
            {
                return; // the whole network is gone, as somebody wanted
            }
        }

        bool news = conditions.Set(network.Identity.Uuid, Source, missing is null ? [] :
        [
            new Condition(
                ConditionKind.Warning,
                $"{missing} was removed while the daemon runs: the network is not defined any more once it restarts, unless it is defined again"),
        ]);
        if (news && missing is not null)
        {
            logger.DefinitionRemoved(network.Identity.Name, missing);
        }
    }
}
