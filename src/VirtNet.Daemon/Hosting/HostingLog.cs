using Microsoft.Extensions.Logging;

namespace VirtNet.Daemon.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Debug, Message = "Listening on {Path}")]
    public static partial void Listening(this ILogger logger, string path);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning,
        Message = "{Reason}: it stays with group {Current}")]
    public static partial void NotGivenToGroup(this ILogger logger, string reason, string current);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "virtnetd {Version} is ready: {Active} of {Count} networks active")]
    public static partial void Ready(this ILogger logger, string version, int active, int count);

    [LoggerMessage(EventId = 103, Level = LogLevel.Information, Message = "Reloaded at SIGHUP")]
    public static partial void Reloaded(this ILogger logger);

    [LoggerMessage(EventId = 104, Level = LogLevel.Error, Message = "Reload failed")]
    public static partial void ReloadFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 150, Level = LogLevel.Critical,
        Message = "Something hangs: virtnetd did not end within {Seconds} s after it was told to, and ends as it is")]
    public static partial void EndedWithoutCeremony(this ILogger logger, double seconds);

    [LoggerMessage(EventId = 172, Level = LogLevel.Information, Message = "Metrics are served at {Place}")]
    public static partial void MetricsServed(this ILogger logger, string place);

    [LoggerMessage(EventId = 173, Level = LogLevel.Debug, Message = "A reader of metrics went: {Reason}")]
    public static partial void MetricsReaderLost(this ILogger logger, string reason);

    [LoggerMessage(EventId = 170, Level = LogLevel.Information, Message = "Starting anew at SIGUSR2 with {Count} open sockets")]
    public static partial void Restarting(this ILogger logger, int count);

    [LoggerMessage(EventId = 171, Level = LogLevel.Error, Message = "Not started anew at SIGUSR2: {Reason}")]
    public static partial void NotRestarted(this ILogger logger, string reason);

    [LoggerMessage(EventId = 105, Level = LogLevel.Warning, Message = "Firewall rules of networks that are not running any more could not be looked for")]
    public static partial void LeftoversStay(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 106, Level = LogLevel.Warning,
        Message = "systemd passed a socket that is none of ours, {Name}: it is closed")]
    public static partial void UnknownSocket(this ILogger logger, string name);

    [LoggerMessage(EventId = 107, Level = LogLevel.Warning,
        Message = "{Path} cannot be given {Setting}: systemd made it, so say it in its socket unit ({UnitSetting} by systemctl edit)")]
    public static partial void RightsAreSystemds(this ILogger logger, string path, string setting, string unitSetting);

    [LoggerMessage(EventId = 108, Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger logger, string warning);

    [LoggerMessage(EventId = 109, Level = LogLevel.Error, Message = "The settings stay as they were: {Reason}")]
    public static partial void ConfigurationKept(this ILogger logger, string reason);

    [LoggerMessage(EventId = 140, Level = LogLevel.Warning,
        Message = "{File} has changed settings that are taken into use when virtnetd restarts (networks and guests go on meanwhile)")]
    public static partial void RestartNeeded(this ILogger logger, string file);

    [LoggerMessage(EventId = 141, Level = LogLevel.Warning,
        Message = "After {Seconds} s not all networks are up that start with the daemon, {Waiting} are missing: others wait no longer for them")]
    public static partial void NotAllStarted(this ILogger logger, int seconds, int waiting);

    [LoggerMessage(EventId = 143, Level = LogLevel.Information,
        Message = "virtnetd was told to stop before the networks were up that start with it")]
    public static partial void EndedBeforeReady(this ILogger logger);

    [LoggerMessage(EventId = 142, Level = LogLevel.Critical, Message = "virtnetd does not answer any more: {Reason}")]
    public static partial void NotAlive(this ILogger logger, string reason);

    [LoggerMessage(EventId = 133, Level = LogLevel.Warning, Message = "Could not look whether the daemon's files are in place")]
    public static partial void FileLookFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 134, Level = LogLevel.Warning, Message = "{Path} was removed or replaced under the running daemon; it is made anew")]
    public static partial void FileMadeAnew(this ILogger logger, string path);

    [LoggerMessage(EventId = 135, Level = LogLevel.Error, Message = "{What}")]
    public static partial void FileLost(this ILogger logger, string what);
}
