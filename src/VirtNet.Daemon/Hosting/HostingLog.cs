using Microsoft.Extensions.Logging;

namespace VirtNet.Daemon.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Debug, Message = "Listening on {Path}")]
    public static partial void Listening(this ILogger logger, string path);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning,
        Message = "There is no group {Group} to give {Path} to: only root can change networks")]
    public static partial void NoSocketGroup(this ILogger logger, string group, string path);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "virtnetd {Version} is ready: {Active} of {Count} networks active")]
    public static partial void Ready(this ILogger logger, string version, int active, int count);

    [LoggerMessage(EventId = 103, Level = LogLevel.Information, Message = "Reloaded at SIGHUP")]
    public static partial void Reloaded(this ILogger logger);

    [LoggerMessage(EventId = 104, Level = LogLevel.Error, Message = "Reload failed")]
    public static partial void ReloadFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 105, Level = LogLevel.Warning, Message = "Firewall rules of networks that are not running any more could not be looked for")]
    public static partial void LeftoversStay(this ILogger logger, Exception exception);
}
