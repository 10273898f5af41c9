using Microsoft.Extensions.Logging;

namespace VirtNet.Host.Firewall;

/// <summary>Events 500-599.</summary>
internal static partial class FirewallLog
{
    [LoggerMessage(EventId = 500, Level = LogLevel.Information, Message = "Removed leftover firewall rules from {Place}: {Chains}")]
    public static partial void LeftoversRemoved(this ILogger logger, string place, string[] chains);

    [LoggerMessage(EventId = 501, Level = LogLevel.Warning,
        Message = "Network {Network}: another network has the address of bridge {Bridge} too; what this host itself sends from it is not translated for this network")]
    public static partial void HostAddressShared(this ILogger logger, string network, string bridge);

    [LoggerMessage(EventId = 502, Level = LogLevel.Information,
        Message = "The rules of bridge {Bridge} are not what they should be; looking, and replacing what is there")]
    public static partial void UnexpectedTable(this ILogger logger, string bridge, Exception exception);

    [LoggerMessage(EventId = 503, Level = LogLevel.Information, Message = "Firewall backend: {Backend} ({Way})")]
    public static partial void BackendChosen(this ILogger logger, string backend, string way);
}
