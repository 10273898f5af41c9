using Microsoft.Extensions.Logging;

namespace VirtNet.Host.Firewall;

/// <summary>Events 500-599.</summary>
internal static partial class FirewallLog
{
    [LoggerMessage(EventId = 500, Level = LogLevel.Information, Message = "Removed leftover firewall rules from {Place}: {Rules}")]
    public static partial void LeftoversRemoved(this ILogger logger, string place, string rules);

    [LoggerMessage(EventId = 506, Level = LogLevel.Debug, Message = "Removed {Count} leftover rules that {Program} shows")]
    public static partial void RulesRemoved(this ILogger logger, int count, string program);

    [LoggerMessage(EventId = 501, Level = LogLevel.Warning,
        Message = "Network {Network}: another network has the address of bridge {Bridge} too; what this host itself sends from it is not translated for this network")]
    public static partial void HostAddressShared(this ILogger logger, string network, string bridge);

    [LoggerMessage(EventId = 502, Level = LogLevel.Information,
        Message = "The rules of bridge {Bridge} are not what they should be; looking, and replacing what is there")]
    public static partial void UnexpectedTable(this ILogger logger, string bridge, Exception exception);

    [LoggerMessage(EventId = 503, Level = LogLevel.Information, Message = "Firewall backend: {Backend} ({Way})")]
    public static partial void BackendChosen(this ILogger logger, string backend, string way);

    [LoggerMessage(EventId = 504, Level = LogLevel.Information,
        Message = "This kernel cannot complete DHCP checksums by an iptables rule (no CHECKSUM target); guests do not need it, replies carry complete ones")]
    public static partial void NoChecksums(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 505, Level = LogLevel.Information, Message = "No IPv6 firewall chains on this host; no running network needs them")]
    public static partial void NoIpv6(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 507, Level = LogLevel.Information,
        Message = "Firewall backend {Backend}, which is not in use, was not looked through for leftovers: it does not work here")]
    public static partial void NotRetired(this ILogger logger, string backend, Exception exception);

    [LoggerMessage(EventId = 508, Level = LogLevel.Information,
        Message = "Firewall backend: none. Isolated and open networks run without rules, translated and routed ones are refused")]
    public static partial void NoBackend(this ILogger logger);

    [LoggerMessage(EventId = 509, Level = LogLevel.Information,
        Message = "Firewall backend {Backend} is not in use and not looked through for leftovers: {Program} is not installed")]
    public static partial void NotInstalled(this ILogger logger, string backend, string program);

    [LoggerMessage(EventId = 510, Level = LogLevel.Debug, Message = "Sets that no network uses any more stay in virtnet's table")]
    public static partial void SetsStay(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 511, Level = LogLevel.Debug, Message = "Network {Network}: {Count} connections forgotten, as something else is published now")]
    public static partial void FlowsForgotten(this ILogger logger, string network, int count);

    [LoggerMessage(EventId = 512, Level = LogLevel.Warning,
        Message = "Network {Network}: connections to what it published before may go on where they went")]
    public static partial void FlowsStay(this ILogger logger, string network, Exception exception);

    [LoggerMessage(EventId = 513, Level = LogLevel.Information, Message = "Established connections are offloaded, of networks that may (flow_offload)")]
    public static partial void FlowsOffloaded(this ILogger logger);

    [LoggerMessage(EventId = 514, Level = LogLevel.Warning, Message = "{Condition}")]
    public static partial void FlowsNotOffloaded(this ILogger logger, string condition);

    [LoggerMessage(EventId = 515, Level = LogLevel.Warning,
        Message = "Rules that are not virtnet's are removed from its own chains ({Chains} of table {Table}): what others add there does not stay. "
            + "Their place is a table of their own, or, of a hook script, the chains guest_input_BRIDGE and guest_output_BRIDGE")]
    public static partial void OthersRulesRemoved(this ILogger logger, string chains, string table);
}
