using Microsoft.Extensions.Logging;

namespace VirtNet.Daemon.Publishing;

internal static partial class PublishingLog
{
    [LoggerMessage(EventId = 190, Level = LogLevel.Warning,
        Message = "{Count} published ports are held, and no more: processes of this host that take others get nothing of what is published there. "
            + "LimitNOFILE= of virtnetd.service allows for an eighth of it, up to 4096")]
    public static partial void NoMorePortsHeld(this ILogger logger, int count);
}
