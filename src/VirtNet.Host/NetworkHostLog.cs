using Microsoft.Extensions.Logging;

namespace VirtNet.Host;

/// <summary>Events 214-219.</summary>
internal static partial class NetworkHostLog
{
    [LoggerMessage(EventId = 214, Level = LogLevel.Information, Message = "Network {Network}: bridge {Bridge} had been renamed to {Name}, and has its name back")]
    public static partial void BridgeIsBack(this ILogger logger, string network, string bridge, string name);

    [LoggerMessage(EventId = 215, Level = LogLevel.Warning, Message = "Network {Network}: not repaired, tried again: {What}")]
    public static partial void NotRepaired(this ILogger logger, string network, string what);

    [LoggerMessage(EventId = 216, Level = LogLevel.Warning, Message = "Network {Network}: {Claim}")]
    public static partial void BridgeClaimed(this ILogger logger, string network, string claim);
}
