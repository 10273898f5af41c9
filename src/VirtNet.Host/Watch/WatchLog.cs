using Microsoft.Extensions.Logging;

namespace VirtNet.Host.Watch;

internal static partial class WatchLog
{
    [LoggerMessage(EventId = 220, Level = LogLevel.Information, Message = "Network {Network}: repaired: {What}")]
    public static partial void Repaired(this ILogger logger, string network, string what);

    [LoggerMessage(EventId = 221, Level = LogLevel.Warning,
        Message = "Network {Network}: something keeps undoing what virtnet puts back; the next repair waits {Seconds} s")]
    public static partial void SlowingDown(this ILogger logger, string network, double seconds);

    [LoggerMessage(EventId = 234, Level = LogLevel.Warning, Message = "Network {Network}: its other hosts are not told of all guests: {Reason}")]
    public static partial void GuestsNotTold(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 237, Level = LogLevel.Warning, Message = "Network {Network}: its guests' ports are not as they shall be: {Reason}")]
    public static partial void PortsNotKept(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 235, Level = LogLevel.Warning,
        Message = "Network {Network}: the guest behind {Port} tried to use {Address}, which is another's: nothing of it was let in")]
    public static partial void Refused(this ILogger logger, string network, string port, string address);

    [LoggerMessage(EventId = 236, Level = LogLevel.Debug, Message = "Could not ask what guests were refused: {Reason}")]
    public static partial void RefusalsUnknown(this ILogger logger, string reason);

    [LoggerMessage(EventId = 222, Level = LogLevel.Debug, Message = "Network {Network}: port {Port} of {Bridge} forwards at once")]
    public static partial void PortForwards(this ILogger logger, string network, string port, string bridge);

    [LoggerMessage(EventId = 223, Level = LogLevel.Information, Message = "Network {Network}: port {Port} is back on {Bridge}")]
    public static partial void PortIsBack(this ILogger logger, string network, string port, string bridge);

    [LoggerMessage(EventId = 224, Level = LogLevel.Warning, Message = "Network {Network}: port {Port} could not be put back on {Bridge}: {Reason}")]
    public static partial void PortNotBack(this ILogger logger, string network, string port, string bridge, string reason);

    [LoggerMessage(EventId = 225, Level = LogLevel.Debug, Message = "Network {Network}: changed on the host: {Changes}")]
    public static partial void Changed(this ILogger logger, string network, string changes);

    [LoggerMessage(EventId = 226, Level = LogLevel.Warning, Message = "Changes by others to the host's {What} will go unnoticed until the next restart: {Reason}")]
    public static partial void CannotWatch(this ILogger logger, string what, string reason);

    [LoggerMessage(EventId = 227, Level = LogLevel.Warning, Message = "Could not look for changes by others; trying again")]
    public static partial void LookFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 228, Level = LogLevel.Debug, Message = "The kernel dropped announcements; looking at everything")]
    public static partial void AnnouncementsMissed(this ILogger logger);

    [LoggerMessage(EventId = 238, Level = LogLevel.Warning,
        Message = "Could not make out what the kernel announced about the host's {What}; looking at everything")]
    public static partial void AnnouncementUnreadable(this ILogger logger, string what, Exception exception);

    [LoggerMessage(EventId = 229, Level = LogLevel.Information,
        Message = "Network {Network}: port {Port} had left {Bridge} (to no bridge) and is back on it")]
    public static partial void PortWasTakenOff(this ILogger logger, string network, string port, string bridge);

    [LoggerMessage(EventId = 230, Level = LogLevel.Warning, Message = "Network {Network}: port {Port} left {Bridge} (now: {Where})")]
    public static partial void PortLeft(this ILogger logger, string network, string port, string bridge, string where);

    [LoggerMessage(EventId = 231, Level = LogLevel.Warning,
        Message = "Network {Network}: something keeps taking port {Port} off {Bridge}; it is put back in {Seconds} s at the earliest")]
    public static partial void PortSlowingDown(this ILogger logger, string network, string port, string bridge, double seconds);

    [LoggerMessage(EventId = 232, Level = LogLevel.Debug, Message = "Network {Network}: port {Port} left {Bridge}: its device is gone")]
    public static partial void PortGone(this ILogger logger, string network, string port, string bridge);

    [LoggerMessage(EventId = 233, Level = LogLevel.Warning, Message = "Could not look where port {Port} is")]
    public static partial void PortLookFailed(this ILogger logger, string port, Exception exception);
}
