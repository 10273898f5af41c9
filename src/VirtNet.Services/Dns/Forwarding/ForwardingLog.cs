using Microsoft.Extensions.Logging;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Forwarding;

internal static partial class ForwardingLog
{
    [LoggerMessage(EventId = 410, Level = LogLevel.Warning, Message = "DNS server {Server} does not answer; others are preferred for a while")]
    public static partial void UpstreamSilent(this ILogger logger, NetEndpoint server);

    [LoggerMessage(EventId = 411, Level = LogLevel.Information, Message = "DNS server {Server} changes the case of names: for {Minutes} minutes, capitals are not used against forged answers of it")]
    public static partial void UpstreamChangesCase(this ILogger logger, NetEndpoint server, int minutes);

    [LoggerMessage(EventId = 416, Level = LogLevel.Debug, Message = "Asking DNS server {Server} over TCP failed: {Reason}")]
    public static partial void StreamFailed(this ILogger logger, NetEndpoint server, string reason);

    [LoggerMessage(EventId = 418, Level = LogLevel.Information, Message = "DNS server {Server} does not know EDNS: it is asked without for {Minutes} minutes")]
    public static partial void UpstreamWithoutEdns(this ILogger logger, NetEndpoint server, int minutes);

    [LoggerMessage(EventId = 419, Level = LogLevel.Information, Message = "DNS server {Server} does not return cookies any more: they are not relied on for {Minutes} minutes")]
    public static partial void UpstreamOmitsCookies(this ILogger logger, NetEndpoint server, int minutes);

    [LoggerMessage(EventId = 420, Level = LogLevel.Warning, Message = "An answer was sent in the name of DNS server {Server} by somebody else, and not believed: {Reason}")]
    public static partial void AnswerForged(this ILogger logger, NetEndpoint server, string reason);

    [LoggerMessage(EventId = 421, Level = LogLevel.Warning, Message = "Network {Network}: {Client} has too many DNS questions under way ({Count}): its oldest fail, so that others are answered")]
    public static partial void ClientCrowds(this ILogger logger, string network, NetAddress client, int count);

    [LoggerMessage(EventId = 423, Level = LogLevel.Warning, Message = "Network {Network}: an answer of DNS server {Server} about {Name} leads into a private network and is not passed on, as 'stop-dns-rebind' wants ({Before} more before this one)")]
    public static partial void RebindingStopped(this ILogger logger, string network, NetEndpoint server, string name, long before);

    [LoggerMessage(EventId = 424, Level = LogLevel.Warning, Message = "DNS server {Server} cannot be asked: {Reason} ({Before} more before this one)")]
    public static partial void NoSocketTowards(this ILogger logger, NetEndpoint server, string reason, long before);
}
