using Microsoft.Extensions.Logging;

namespace VirtNet.Services.Ra;

internal static partial class RaLog
{
    [LoggerMessage(EventId = 720, Level = LogLevel.Debug, Message = "{Bridge}: could not advertise: {Reason}")]
    public static partial void AdvertisementFailed(this ILogger logger, string bridge, string reason);

    [LoggerMessage(EventId = 721, Level = LogLevel.Debug, Message = "{Bridge}: could not receive solicitations: {Reason}")]
    public static partial void SolicitationFailed(this ILogger logger, string bridge, string reason);
}
