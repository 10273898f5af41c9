using Microsoft.Extensions.Logging;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Answers;

internal static partial class DnsLog
{
    [LoggerMessage(EventId = 412, Level = LogLevel.Warning, Message = "Network {Network}: a DNS question came back to this host from a server that it was sent to ({Name}): refused, to end the loop")]
    public static partial void LoopDetected(this ILogger logger, string network, string name);

    [LoggerMessage(EventId = 413, Level = LogLevel.Information, Message = "Network {Network}: answers DNS on {Addresses}")]
    public static partial void Listening(this ILogger logger, string network, string addresses);

    [LoggerMessage(EventId = 414, Level = LogLevel.Warning, Message = "Network {Network}: cannot answer DNS on {Address} at the moment: {Reason}")]
    public static partial void CannotListen(this ILogger logger, string network, string address, string reason);

    [LoggerMessage(EventId = 415, Level = LogLevel.Debug, Message = "Network {Network}: a TCP connection for DNS ended: {Reason}")]
    public static partial void ConnectionEnded(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 417, Level = LogLevel.Warning, Message = "Cannot read the addresses of this host: DNS does not follow their changes for now")]
    public static partial void CannotFollow(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 422, Level = LogLevel.Warning, Message = "Network {Network}: {Client} has too many TCP connections for DNS ({Count}): {Outcome}")]
    public static partial void ClientConnects(this ILogger logger, string network, NetAddress client, int count, string outcome);
}
