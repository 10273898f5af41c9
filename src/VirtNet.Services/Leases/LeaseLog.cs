using Microsoft.Extensions.Logging;

namespace VirtNet.Services.Leases;

/// <summary>Event ids 300-319.</summary>
internal static partial class LeaseLog
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Error,
        Message = "Leases cannot be written to {Path} ({Unwritten} waiting): serving from memory until they can")]
    public static partial void LeasesNotWritten(this ILogger logger, string path, int unwritten, Exception exception);

    [LoggerMessage(EventId = 301, Level = LogLevel.Information, Message = "Leases are written again, {Count} caught up")]
    public static partial void LeasesWrittenAgain(this ILogger logger, int count);

    [LoggerMessage(EventId = 302, Level = LogLevel.Critical,
        Message = "The lease database {Path} is damaged and was set aside as {Aside}: leases come back as guests renew them")]
    public static partial void DatabaseSetAside(this ILogger logger, string path, string aside, Exception exception);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning,
        Message = "{Count} leases in {Path} could not be understood and were left out")]
    public static partial void RowsUnreadable(this ILogger logger, string path, int count);

    [LoggerMessage(EventId = 304, Level = LogLevel.Error, Message = "An answer that waited for its lease could not be sent")]
    public static partial void WaiterFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 305, Level = LogLevel.Warning,
        Message = "The clock was set by {Jump}: leases keep the time that they had left")]
    public static partial void ClockJumped(this ILogger logger, TimeSpan jump);

    [LoggerMessage(EventId = 306, Level = LogLevel.Warning, Message = "The lease file {Path} cannot be written: trying again every ten seconds")]
    public static partial void StatusFileFailed(this ILogger logger, string path, Exception exception);

    [LoggerMessage(EventId = 307, Level = LogLevel.Information, Message = "{Count} leases of {Networks} networks restored")]
    public static partial void Restored(this ILogger logger, int count, int networks);

    [LoggerMessage(EventId = 308, Level = LogLevel.Warning,
        Message = "Somebody removed, replaced or overwrote the lease database {Path}: it is written anew from memory (set aside: {Aside})")]
    public static partial void DatabaseLost(this ILogger logger, string path, string aside);

    [LoggerMessage(EventId = 309, Level = LogLevel.Warning,
        Message = "The lease database {Path} was replaced while no virtnetd ran: the log beside it is another's, and set aside as {Aside}")]
    public static partial void LogSetAside(this ILogger logger, string path, string aside);
}
