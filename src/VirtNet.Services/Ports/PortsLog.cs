using System.Net;
using Microsoft.Extensions.Logging;

namespace VirtNet.Services.Ports;

/// <summary>Event ids 350-359.</summary>
internal static partial class PortsLog
{
    [LoggerMessage(EventId = 350, Level = LogLevel.Warning,
        Message = "Network {Network}: {Address} is in use by {Holder} behind {Port}, which answered ARP for it without a lease: others do not get it for a while ({Before} more since the last such line)")]
    public static partial void AddressInUse(
        this ILogger logger, string network, IPAddress address, GuestName holder, string port, long before);

    [LoggerMessage(EventId = 351, Level = LogLevel.Warning,
        Message = "Network {Network}: {Holder} behind {Port} answers ARP for more addresses than one guest can have; {Address} is given out all the same ({Before} more since the last such line)")]
    public static partial void AnswersForMany(
        this ILogger logger, string network, GuestName holder, string port, IPAddress address, long before);

    [LoggerMessage(EventId = 352, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} behind {Port} declined {Address}, because some machine uses it without a lease: others do not get it for a while ({Before} more since the last such line)")]
    public static partial void AddressDeclined(
        this ILogger logger, string network, GuestName client, string port, IPAddress address, long before);

    [LoggerMessage(EventId = 353, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} behind {Port} declines address after address and is not believed any more; {Address} stays for others ({Before} more since the last such line)")]
    public static partial void DeclinesMany(
        this ILogger logger, string network, GuestName client, string port, IPAddress address, long before);

    [LoggerMessage(EventId = 354, Level = LogLevel.Warning,
        Message = "Network {Network}: no other address is left, so {Client} is offered {Address}, which was found in use longest ago ({Before} more since the last such line)")]
    public static partial void LastResort(
        this ILogger logger, string network, IPAddress address, GuestName client, long before);

    [LoggerMessage(EventId = 355, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} behind {Port} gets no address: the last ones are kept for other ports of the bridge that have none ({Before} more since the last such line)")]
    public static partial void KeptForOthers(
        this ILogger logger, string network, GuestName client, string port, long before);

    [LoggerMessage(EventId = 357, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} behind {Port} has the client id of {Other}, which is running: it is known by its MAC alone. If one is a copy of the other, give it a machine-id of its own (remove its /etc/machine-id, run systemd-machine-id-setup, reboot) ({Before} more since the last such line)")]
    public static partial void SharedClientId(
        this ILogger logger, string network, GuestName client, string port, GuestName other, long before);

    [LoggerMessage(EventId = 358, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} behind {Port} gets no address: all {Family} addresses of the ranges are in use ({Before} more since the last such line)")]
    public static partial void Exhausted(
        this ILogger logger, string network, GuestName client, string port, string family, long before);

    [LoggerMessage(EventId = 356, Level = LogLevel.Warning,
        Message = "Network {Network}: a {Type} of {Address} ({Client}) came from {Sender}, but its client is behind {Port}: ignored ({Before} more since the last such line)")]
    public static partial void OtherPort(
        this ILogger logger, string network, string type, IPAddress address, GuestName client, string sender, string port, long before);
}
