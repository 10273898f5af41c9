using Microsoft.Extensions.Logging;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns;

internal static partial class DnsLog
{
    [LoggerMessage(EventId = 410, Level = LogLevel.Warning, Message = "DNS server {Server} does not answer; others are preferred for a while")]
    public static partial void UpstreamSilent(this ILogger logger, NetEndpoint server);

    [LoggerMessage(EventId = 411, Level = LogLevel.Information, Message = "DNS server {Server} changes the case of names: for {Minutes} minutes, capitals are not used against forged answers of it")]
    public static partial void UpstreamChangesCase(this ILogger logger, NetEndpoint server, int minutes);

    [LoggerMessage(EventId = 412, Level = LogLevel.Warning, Message = "Network {Network}: a DNS question came back to this host from a server that it was sent to ({Name}): refused, to end the loop")]
    public static partial void LoopDetected(this ILogger logger, string network, string name);

    [LoggerMessage(EventId = 413, Level = LogLevel.Information, Message = "Network {Network}: answers DNS on {Addresses}")]
    public static partial void Listening(this ILogger logger, string network, string addresses);

    [LoggerMessage(EventId = 414, Level = LogLevel.Warning, Message = "Network {Network}: cannot answer DNS on {Address} at the moment: {Reason}")]
    public static partial void CannotListen(this ILogger logger, string network, string address, string reason);

    [LoggerMessage(EventId = 415, Level = LogLevel.Debug, Message = "Network {Network}: a TCP connection for DNS ended: {Reason}")]
    public static partial void ConnectionEnded(this ILogger logger, string network, string reason);

    [LoggerMessage(EventId = 416, Level = LogLevel.Debug, Message = "Asking DNS server {Server} over TCP failed: {Reason}")]
    public static partial void StreamFailed(this ILogger logger, NetEndpoint server, string reason);

    [LoggerMessage(EventId = 417, Level = LogLevel.Warning, Message = "Cannot read the addresses of this host: DNS does not follow their changes for now")]
    public static partial void CannotFollow(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 418, Level = LogLevel.Information, Message = "DNS server {Server} does not know EDNS: it is asked without for {Minutes} minutes")]
    public static partial void UpstreamWithoutEdns(this ILogger logger, NetEndpoint server, int minutes);

    [LoggerMessage(EventId = 419, Level = LogLevel.Information, Message = "DNS server {Server} does not return cookies any more: they are not relied on for {Minutes} minutes")]
    public static partial void UpstreamOmitsCookies(this ILogger logger, NetEndpoint server, int minutes);

    [LoggerMessage(EventId = 420, Level = LogLevel.Warning, Message = "An answer was sent in the name of DNS server {Server} by somebody else, and not believed: {Reason}")]
    public static partial void AnswerForged(this ILogger logger, NetEndpoint server, string reason);

    [LoggerMessage(EventId = 421, Level = LogLevel.Warning, Message = "Network {Network}: {Client} has too many DNS questions under way ({Count}): its oldest fail, so that others are answered")]
    public static partial void ClientCrowds(this ILogger logger, string network, NetAddress client, int count);

    [LoggerMessage(EventId = 422, Level = LogLevel.Warning, Message = "Network {Network}: {Client} has too many TCP connections for DNS ({Count}): {Outcome}")]
    public static partial void ClientConnects(this ILogger logger, string network, NetAddress client, int count, string outcome);

    [LoggerMessage(EventId = 423, Level = LogLevel.Warning, Message = "Network {Network}: an answer of DNS server {Server} about {Name} leads into a private network and is not passed on, as 'stop-dns-rebind' wants ({Before} more before this one)")]
    public static partial void RebindingStopped(this ILogger logger, string network, NetEndpoint server, string name, long before);
}
