using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Syncing;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Serving;

/// <summary>What was defined and undefined here by somebody, until it is noted for the fabric. Thread-safe but for noting it.</summary>
internal sealed class DefinitionEvents(NetworkSync sync, SyncedNetworks synced, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly List<NetworkEvent.Lifecycle> _happened = [];

    public void Add(NetworkEvent.Lifecycle happened)
    {
        lock (_lock)
        {
            _happened.Add(happened);
        }
    }

    /// <summary>
    /// On the thread that reconciles: nobody else changes what was agreed on. What the disk does not take is noted all the same, and
    /// written by a later call.
    /// </summary>
    public void Note()
    {
        NetworkEvent.Lifecycle[] happened;
        lock (_lock)
        {
            happened = [.. _happened];
            _happened.Clear();
        }

        synced.WriteAgain();
        foreach (NetworkEvent.Lifecycle change in happened)
        {
            try
            {
                Note(change);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.NotWritten(change.Network.Name, e.Message);
            }
        }
    }

    private void Note(NetworkEvent.Lifecycle change)
    {
        if (change.Change == NetworkLifecycle.Undefined)
        {
            sync.NoteUndefined(change.Network.Uuid);
        }
        else if (change.Change == NetworkLifecycle.Defined)
        {
            sync.NoteDefined(change.Network.Uuid);
        }
    }
}

internal static partial class DefinitionEventsLog
{
    [LoggerMessage(EventId = 2172, Level = LogLevel.Warning,
        Message = "Network {Network}: what was done to it here is not on disk yet, and is forgotten where this program ends before: {Reason}")]
    public static partial void NotWritten(this ILogger logger, string network, string reason);
}
