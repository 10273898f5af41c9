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

    [LoggerMessage(EventId = 335, Level = LogLevel.Warning,
        Message = "Network {Network}: the answer to {Client} has no room for the options {Options} of the definition ({Before} more such answers since the last such line)")]
    public static partial void OptionsOmitted(this ILogger logger, string network, MacAddress client, string options, long before);

    [LoggerMessage(EventId = 333, Level = LogLevel.Warning,
        Message = "Network {Network}: a RELEASE or DECLINE in the name of {Client} came in a frame of another MAC: ignored ({Before} more since the last such line)")]
    public static partial void ForeignFrame(this ILogger logger, string network, MacAddress client, long before);

    [LoggerMessage(EventId = 336, Level = LogLevel.Warning,
        Message = "Network {Network}: a relay asks for {Client} from {Relay}, which no other machine of the network's subnet can have: ignored ({Before} more since the last such line)")]
    public static partial void ForeignRelay(this ILogger logger, string network, IPAddress relay, MacAddress client, long before);
}
