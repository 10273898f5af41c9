using Microsoft.Extensions.Logging;

namespace VirtNet.Host.Reconcile;

internal static partial class HostReconcilerLog
{
    [LoggerMessage(EventId = 210, Level = LogLevel.Warning, Message = "Network {Network}: could not undo {Change}")]
    public static partial void UndoFailed(this ILogger logger, string network, HostChange change, Exception exception);

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning, Message = "Network {Network}: could not remove {Resource}")]
    public static partial void CouldNotRemove(this ILogger logger, string network, string resource, Exception exception);

    [LoggerMessage(EventId = 212, Level = LogLevel.Warning, Message = "Network {Network}: goes on without {Resource}: {Reason}")]
    public static partial void DoneWithout(this ILogger logger, string network, string resource, string reason);
}
