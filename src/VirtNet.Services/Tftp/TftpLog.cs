using Microsoft.Extensions.Logging;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tftp;

internal static partial class TftpLog
{
    [LoggerMessage(EventId = 700, Level = LogLevel.Debug, Message = "{Bridge}: sending {File} to {Client}")]
    public static partial void TransferBegan(this ILogger logger, string bridge, string file, NetEndpoint client);

    [LoggerMessage(EventId = 701, Level = LogLevel.Debug, Message = "{Bridge}: refused {File} to {Client}: {Reason}")]
    public static partial void RequestRefused(this ILogger logger, string bridge, string file, NetEndpoint client, string reason);

    [LoggerMessage(EventId = 702, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} gets no further file by TFTP: it has {Own} transfers, the network {All} ({Before} more since the last such line)")]
    public static partial void TooManyTransfers(
        this ILogger logger, string network, NetAddress client, int own, int all, long before);

    [LoggerMessage(EventId = 703, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} asked for '{File}' by TFTP, where a link leads out of {Root}: refused; tftp_follow_links = yes allows it ({Before} more since the last such line)")]
    public static partial void LinkLeadsOut(
        this ILogger logger, string network, NetAddress client, string file, string root, long before);
}
