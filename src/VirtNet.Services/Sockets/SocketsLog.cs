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
}
