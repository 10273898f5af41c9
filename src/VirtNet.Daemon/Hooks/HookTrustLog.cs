using Microsoft.Extensions.Logging;

namespace VirtNet.Daemon.Hooks;

internal static partial class HookTrustLog
{
    [LoggerMessage(EventId = 138, Level = LogLevel.Error, Message = "The hook {Script} is not run by a daemon that is root: {Objection}")]
    public static partial void ScriptRefused(this ILogger logger, string script, string objection);
}
