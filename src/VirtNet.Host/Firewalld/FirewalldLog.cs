using Microsoft.Extensions.Logging;

namespace VirtNet.Host.Firewalld;

/// <summary>Events 540-559.</summary>
internal static partial class FirewalldLog
{
    [LoggerMessage(EventId = 540, Level = LogLevel.Information, Message = "Network {Network}: bridge {Bridge} is in firewalld's zone {Zone}")]
    public static partial void ZoneSet(this ILogger logger, string network, string bridge, string zone);

    [LoggerMessage(EventId = 541, Level = LogLevel.Information, Message = "firewalld: {Signal}; looking after zones and rules of all networks")]
    public static partial void Signalled(this ILogger logger, FirewalldSignal signal);

    [LoggerMessage(EventId = 542, Level = LogLevel.Warning,
        Message = "Cannot listen to firewalld, so zones come back late after its reload; trying again every {Seconds} s: {Reason}")]
    public static partial void CannotListen(this ILogger logger, double seconds, string reason);
}
