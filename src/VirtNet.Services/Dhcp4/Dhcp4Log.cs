using System.Net;
using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>Event ids 320-339.</summary>
internal static partial class Dhcp4Log
{
    [LoggerMessage(EventId = 320, Level = LogLevel.Debug, Message = "Network {Network}: {Type} of {Client}: {Decision}")]
    public static partial void Decided(
        this ILogger logger, string network, Dhcp4MessageType type, MacAddress client, Dhcp4Decision decision);

    [LoggerMessage(EventId = 321, Level = LogLevel.Debug, Message = "Network {Network}: serving DHCPv4 on {Bridge}")]
    public static partial void Serving(this ILogger logger, string network, string bridge);

    [LoggerMessage(EventId = 322, Level = LogLevel.Warning,
        Message = "Network {Network}: the address {Address} reserved for {Client} is not in the network's subnet and is never given out")]
    public static partial void UnreachableReservation(this ILogger logger, string network, IPAddress address, string client);

    [LoggerMessage(EventId = 325, Level = LogLevel.Debug, Message = "No longer serving DHCPv4 on {Bridge}")]
    public static partial void Stopped(this ILogger logger, string bridge);

    [LoggerMessage(EventId = 326, Level = LogLevel.Warning,
        Message = "Network {Network}: {Address} is in use by {Holder} behind {Port}, which answered ARP for it without a lease: others do not get it for a while ({Before} more since the last such line)")]
    public static partial void AddressInUse(
        this ILogger logger, string network, IPAddress address, MacAddress holder, string port, long before);

    [LoggerMessage(EventId = 327, Level = LogLevel.Warning,
        Message = "Network {Network}: {Holder} behind {Port} answers ARP for more addresses than one guest can have; {Address} is given out all the same ({Before} more since the last such line)")]
    public static partial void AnswersForMany(
        this ILogger logger, string network, MacAddress holder, string port, IPAddress address, long before);

    [LoggerMessage(EventId = 328, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} behind {Port} declined {Address}, because some machine uses it without a lease: others do not get it for a while ({Before} more since the last such line)")]
    public static partial void AddressDeclined(
        this ILogger logger, string network, MacAddress client, string port, IPAddress address, long before);

    [LoggerMessage(EventId = 329, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} behind {Port} declines address after address and is not believed any more; {Address} stays for others ({Before} more since the last such line)")]
    public static partial void DeclinesMany(
        this ILogger logger, string network, MacAddress client, string port, IPAddress address, long before);

    [LoggerMessage(EventId = 330, Level = LogLevel.Warning,
        Message = "Network {Network}: no other address is left, so {Client} is offered {Address}, which was found in use longest ago ({Before} more since the last such line)")]
    public static partial void LastResort(
        this ILogger logger, string network, IPAddress address, MacAddress client, long before);

    [LoggerMessage(EventId = 331, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} behind {Port} gets no address: the last ones are kept for other ports of the bridge that have none ({Before} more since the last such line)")]
    public static partial void KeptForOthers(
        this ILogger logger, string network, MacAddress client, string port, long before);

    [LoggerMessage(EventId = 332, Level = LogLevel.Warning,
        Message = "Network {Network}: a {Type} of {Address} ({Client}) came from {Sender}, but its client is behind {Port}: ignored ({Before} more since the last such line)")]
    public static partial void OtherPort(
        this ILogger logger, string network, Dhcp4MessageType type, IPAddress address, MacAddress? client, string sender,
        string port, long before);

    [LoggerMessage(EventId = 333, Level = LogLevel.Warning,
        Message = "Network {Network}: a RELEASE or DECLINE in the name of {Client} came in a frame of another MAC: ignored ({Before} more since the last such line)")]
    public static partial void ForeignFrame(this ILogger logger, string network, MacAddress client, long before);

    [LoggerMessage(EventId = 334, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} behind {Port} has the client id of another guest that is running, and is known by its MAC alone: a copy of that guest may have been made without a new machine-id ({Before} more since the last such line)")]
    public static partial void SharedClientId(
        this ILogger logger, string network, MacAddress client, string port, long before);
}
