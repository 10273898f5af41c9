using Microsoft.Extensions.Logging;

namespace VirtNet.Services.Sockets;

internal static partial class SocketsLog
{
    [LoggerMessage(EventId = 400, Level = LogLevel.Error, Message = "A handler of the guests' services failed ({Count} times so far); its datagram is dropped")]
    public static partial void HandlerFailed(this ILogger logger, long count, Exception exception);

    [LoggerMessage(EventId = 401, Level = LogLevel.Critical, Message = "Socket loop {Loop} ended: its services no longer answer")]
    public static partial void LoopEnded(this ILogger logger, string loop, Exception exception);

    [LoggerMessage(EventId = 402, Level = LogLevel.Debug, Message = "Could not send to {Peer}: errno {Errno}")]
    public static partial void SendFailed(this ILogger logger, NetEndpoint peer, int errno);

    [LoggerMessage(EventId = 403, Level = LogLevel.Debug, Message = "Could not send a frame through interface {Interface}: errno {Errno}")]
    public static partial void FrameNotSent(this ILogger logger, int @interface, int errno);

    [LoggerMessage(EventId = 404, Level = LogLevel.Warning,
        Message = "More than {Count} sockets are open: what comes for the others while virtnetd restarts is lost")]
    public static partial void TooManyToKeep(this ILogger logger, int count);

    [LoggerMessage(EventId = 405, Level = LogLevel.Warning, Message = "A socket does not stay open while virtnetd restarts")]
    public static partial void NotKept(this ILogger logger, Exception? exception);
}
