using Microsoft.Extensions.Logging;

namespace VirtNet.Daemon.Files;

internal static partial class FilesLog
{
    [LoggerMessage(EventId = 110, Level = LogLevel.Error, Message = "Skipped network definition {File}: {Reason}")]
    public static partial void ConfigSkipped(this ILogger logger, string file, string reason);

    [LoggerMessage(EventId = 111, Level = LogLevel.Error, Message = "Skipped network state {File}: {Reason}")]
    public static partial void StateSkipped(this ILogger logger, string file, string reason);

    [LoggerMessage(EventId = 112, Level = LogLevel.Warning, Message = "Network {Network}: could not remove its state: {Reason}")]
    public static partial void StateNotRemoved(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 113, Level = LogLevel.Warning, Message = "Network {Network}: could not write its map of MACs: {Reason}")]
    public static partial void MacMapFailed(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 114, Level = LogLevel.Warning,
        Message = "{File} was written by a later virtnetd: it is left as it is, and changes of its network are kept in memory only")]
    public static partial void StateOfLaterVersion(this ILogger logger, string file);

    [LoggerMessage(EventId = 119, Level = LogLevel.Warning,
        Message = "Network {Network}: the guests that it left behind will not be plugged in again after a restart of the daemon: {Reason}")]
    public static partial void GuestsNotSaved(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 115, Level = LogLevel.Warning, Message = "The folder {Folder} was removed under the running daemon; it is made anew")]
    public static partial void FolderMadeAnew(this ILogger logger, string folder);

    [LoggerMessage(EventId = 116, Level = LogLevel.Error, Message = "{What}")]
    public static partial void FolderLost(this ILogger logger, string what);

    [LoggerMessage(EventId = 117, Level = LogLevel.Warning, Message = "Network {Network}: its files were removed under the running daemon and are written again")]
    public static partial void FilesWrittenAgain(this ILogger logger, string network);

    [LoggerMessage(EventId = 118, Level = LogLevel.Error, Message = "Network {Network}: its files were removed under the running daemon and cannot be written again: {Reason}")]
    public static partial void FilesNotWritten(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 136, Level = LogLevel.Warning,
        Message = "Network {Network}: {File} was removed under the running daemon: it is left so, and the network is not defined any more once the daemon restarts")]
    public static partial void DefinitionRemoved(this ILogger logger, string network, string file);
}
