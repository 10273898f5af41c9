using Microsoft.Extensions.Logging;

namespace VirtNet.Daemon.Hooks;

/// <summary>Event ids 180-189.</summary>
internal static partial class HooksLog
{
    [LoggerMessage(EventId = 180, Level = LogLevel.Error, Message = "Network {Network}: its hook ({Command}) {What}")]
    public static partial void HookTimedOut(this ILogger logger, string network, string command, string what);

    [LoggerMessage(EventId = 181, Level = LogLevel.Warning,
        Message = "Network {Network}: its hook ({Command}) was ended because the daemon stops")]
    public static partial void HookEnded(this ILogger logger, string network, string command);

    [LoggerMessage(EventId = 182, Level = LogLevel.Error,
        Message = "The hook {Script} is not run by a daemon that is root: {Objection}")]
    public static partial void ScriptRefused(this ILogger logger, string script, string objection);

    [LoggerMessage(EventId = 184, Level = LogLevel.Error,
        Message = "Which hook scripts there are in {Folder} cannot be seen, so networks do not start: {Reason}")]
    public static partial void ScriptsUnknown(this ILogger logger, string folder, string reason);
}
