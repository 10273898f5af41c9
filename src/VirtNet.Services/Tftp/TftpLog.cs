using Microsoft.Extensions.Logging;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tftp;

internal static partial class TftpLog
{
    [LoggerMessage(EventId = 700, Level = LogLevel.Debug, Message = "{Bridge}: sending {File} to {Client}")]
    public static partial void TransferBegan(this ILogger logger, string bridge, string file, NetEndpoint client);

    [LoggerMessage(EventId = 701, Level = LogLevel.Debug, Message = "{Bridge}: refused {File} to {Client}: {Reason}")]
    public static partial void RequestRefused(this ILogger logger, string bridge, string file, NetEndpoint client, string reason);
}
