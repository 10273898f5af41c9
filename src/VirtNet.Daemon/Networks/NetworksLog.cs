using Microsoft.Extensions.Logging;

namespace VirtNet.Daemon.Networks;

internal static partial class NetworksLog
{
    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "Network {Network}: started")]
    public static partial void NetworkStarted(this ILogger logger, string network);

    [LoggerMessage(EventId = 121, Level = LogLevel.Information, Message = "Network {Network}: stopped")]
    public static partial void NetworkStopped(this ILogger logger, string network);

    [LoggerMessage(EventId = 122, Level = LogLevel.Warning, Message = "Network {Network}: could not {What}")]
    public static partial void StopStepFailed(this ILogger logger, string network, string what, Exception exception);

    [LoggerMessage(EventId = 123, Level = LogLevel.Warning,
        Message = "Network {Network}: its bridge {Bridge} is gone, so it is no longer active")]
    public static partial void BridgeVanished(this ILogger logger, string network, string bridge);

    [LoggerMessage(EventId = 124, Level = LogLevel.Error, Message = "Network {Network}: autostart failed: {Reason}")]
    public static partial void AutostartFailed(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 125, Level = LogLevel.Error, Message = "Network {Network}: its definition clashes with another: {Reason}")]
    public static partial void DefinitionClashes(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 127, Level = LogLevel.Warning, Message = "Network {Network}: {Hint}")]
    public static partial void DefinitionHint(this ILogger logger, string network, string hint);

    [LoggerMessage(EventId = 128, Level = LogLevel.Information, Message = "Network {Network}: redefined while active, {Count} changes")]
    public static partial void NetworkRedefined(this ILogger logger, string network, int count);

    [LoggerMessage(EventId = 194, Level = LogLevel.Warning,
        Message = "{Path} cannot be written ({Reason}): networks that start at boot will start again when virtnetd does")]
    public static partial void MarkerNotWritten(this ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 195, Level = LogLevel.Warning,
        Message = "Network {Network}: what its definition leaves open was chosen for this run only: {Reason}")]
    public static partial void ChoicesNotStored(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 129, Level = LogLevel.Information, Message = "Network {Network}: stopped under {Guests}")]
    public static partial void GuestsUnplugged(this ILogger logger, string network, string guests);

    [LoggerMessage(EventId = 130, Level = LogLevel.Warning,
        Message = "Network {Network}: its state was lost, but {Bridge} is its bridge: it goes on as it is defined")]
    public static partial void StateRebuilt(this ILogger logger, string network, string bridge);

    [LoggerMessage(EventId = 137, Level = LogLevel.Warning,
        Message = "Network {Network}: virtnetd was killed in the midst of a change of it, which is {End} now")]
    public static partial void ChangeWasUnfinished(this ILogger logger, string network, string end);

    [LoggerMessage(EventId = 138, Level = LogLevel.Warning,
        Message = "Network {Network}: virtnetd was killed while it was undefined; it is forgotten now")]
    public static partial void RemovalWasUnfinished(this ILogger logger, string network);

    [LoggerMessage(EventId = 158, Level = LogLevel.Warning,
        Message = "The state of a network {Network} ({Uuid}) is not used: {Defined} ({DefinedUuid}) is defined")]
    public static partial void StateIsNotOfDefinition(this ILogger logger, string network, Guid uuid, string defined, Guid definedUuid);

    [LoggerMessage(EventId = 131, Level = LogLevel.Warning,
        Message = "Bridge {Bridge} was made for a network {Uuid} that is not defined any more: it is left as it is, with its firewall rules")]
    public static partial void BridgeWithoutNetwork(this ILogger logger, string bridge, Guid uuid);

    [LoggerMessage(EventId = 132, Level = LogLevel.Warning,
        Message = "Network {Network}: {Bridge} is not its bridge, so it is no longer active; that link is left as it is")]
    public static partial void BridgeReplaced(this ILogger logger, string network, string bridge);

    [LoggerMessage(EventId = 151, Level = LogLevel.Error,
        Message = "Networks that ran before are not all taken over after {Seconds} s, and virtnetd goes on without waiting: {Networks}")]
    public static partial void AdoptionHangs(this ILogger logger, double seconds, string networks);

    [LoggerMessage(EventId = 144, Level = LogLevel.Information, Message = "Network {Network}: renamed to {Name}")]
    public static partial void NetworkRenamed(this ILogger logger, string network, string name);

    [LoggerMessage(EventId = 183, Level = LogLevel.Warning, Message = "Network {Network}: virtnetd was killed while it was renamed to {Name}; that is ended now")]
    public static partial void RenamingWasUnfinished(this ILogger logger, string network, string name);

    [LoggerMessage(EventId = 175, Level = LogLevel.Warning, Message = "The log has lines from level {Level} on, as a client asked for")]
    public static partial void LogLevelIs(this ILogger logger, string level);
    [LoggerMessage(EventId = 155, Level = LogLevel.Information, Message = "Network {Network}: adopted with its bridge {Bridge}")]
    public static partial void NetworkAdopted(this ILogger logger, string network, string bridge);

    [LoggerMessage(EventId = 156, Level = LogLevel.Information, Message = "Network {Network}: let go, its bridge {Bridge} stays")]
    public static partial void NetworkLetGo(this ILogger logger, string network, string bridge);

    [LoggerMessage(EventId = 157, Level = LogLevel.Warning,
        Message = "Network {Network}: {Count} leases of other hosts cannot be leases of this network, and are left out")]
    public static partial void SharedLeasesLeftOut(this ILogger logger, string network, int count);

    [LoggerMessage(EventId = 159, Level = LogLevel.Warning,
        Message = "Network {Network}: starts when this host has one of its hosts' addresses: {Reason}")]
    public static partial void AutostartWaits(this ILogger logger, string network, string reason);
}
