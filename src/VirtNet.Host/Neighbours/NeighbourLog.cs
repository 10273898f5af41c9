using Microsoft.Extensions.Logging;

namespace VirtNet.Host.Neighbours;

/// <summary>Events 580-599.</summary>
internal static partial class NeighbourLog
{
    [LoggerMessage(EventId = 580, Level = LogLevel.Warning,
        Message = "Another firewall cuts off {Networks}: {What}")]
    public static partial void CutOff(this ILogger logger, string networks, string what);

    [LoggerMessage(EventId = 581, Level = LogLevel.Information, Message = "Not cut off any more: {Networks}, by {Place}")]
    public static partial void NoLongerCutOff(this ILogger logger, string networks, string place);

    [LoggerMessage(EventId = 582, Level = LogLevel.Information, Message = "Let {Bridges} through another firewall: rules added to {Chains} ({Table})")]
    public static partial void Admitted(this ILogger logger, string bridges, string chains, string table);

    [LoggerMessage(EventId = 583, Level = LogLevel.Information, Message = "Rules that let bridges through another firewall are removed again ({Table})")]
    public static partial void Dismissed(this ILogger logger, string table);

    [LoggerMessage(EventId = 584, Level = LogLevel.Warning,
        Message = "Could not look at, or adapt to, all other firewalls on this host: {Reason}. Tried again, ever more seldom, and said once")]
    public static partial void LookFailed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 587, Level = LogLevel.Debug, Message = "Could not look at, or adapt to, other firewalls on this host")]
    public static partial void LookFailedBecause(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 588, Level = LogLevel.Information, Message = "Other firewalls on this host are looked at again")]
    public static partial void LooksAgain(this ILogger logger);

    [LoggerMessage(EventId = 585, Level = LogLevel.Warning,
        Message = "Something keeps removing what lets bridges through {Table}; the next try waits {Seconds} s")]
    public static partial void SlowingDown(this ILogger logger, string table, double seconds);

    [LoggerMessage(EventId = 586, Level = LogLevel.Debug, Message = "Looked at other firewalls: {Tables} tables in {Elapsed}")]
    public static partial void Looked(this ILogger logger, int tables, TimeSpan elapsed);

    [LoggerMessage(EventId = 589, Level = LogLevel.Warning, Message = "Network {Network}: {Count} publications do not work as they should; {First}")]
    public static partial void PublicationDisturbed(this ILogger logger, string network, int count, string first);
}
