using Microsoft.Extensions.Logging;

namespace VirtNet.Services.Ra;

internal static partial class RaLog
{
    [LoggerMessage(EventId = 720, Level = LogLevel.Debug, Message = "{Bridge}: could not advertise: {Reason}")]
    public static partial void AdvertisementFailed(this ILogger logger, string bridge, string reason);

    [LoggerMessage(EventId = 722, Level = LogLevel.Warning,
        Message = "network '{Network}': {Reason}")]
    public static partial void SubnetWithoutAddresses(this ILogger logger, string network, string reason);
}
