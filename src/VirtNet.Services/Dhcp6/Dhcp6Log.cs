using System.Net;
using Microsoft.Extensions.Logging;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>Event ids 740-759.</summary>
internal static partial class Dhcp6Log
{
    [LoggerMessage(EventId = 740, Level = LogLevel.Debug, Message = "Network {Network}: {Type} of {Client}: {Decision}")]
    public static partial void Decided(
        this ILogger logger, string network, Dhcp6MessageType type, string client, Dhcp6Decision decision);

    [LoggerMessage(EventId = 741, Level = LogLevel.Debug, Message = "Network {Network}: serving DHCPv6 on {Bridge}")]
    public static partial void Serving(this ILogger logger, string network, string bridge);

    [LoggerMessage(EventId = 742, Level = LogLevel.Debug, Message = "No longer serving DHCPv6 on {Bridge}")]
    public static partial void Stopped(this ILogger logger, string bridge);

    [LoggerMessage(EventId = 743, Level = LogLevel.Warning,
        Message = "Network {Network}: the address {Address} reserved for {Client} is not in the network's subnet and is never given out")]
    public static partial void UnreachableReservation(this ILogger logger, string network, IPAddress address, string client);

    [LoggerMessage(EventId = 744, Level = LogLevel.Warning, Message = "{Path} holds no DUID; a new one is made, and DHCPv6 clients have to ask anew")]
    public static partial void ServerDuidUnreadable(this ILogger logger, string path);

    [LoggerMessage(EventId = 745, Level = LogLevel.Warning, Message = "Cannot read {Path}: {Reason}; DHCPv6 clients have to ask anew")]
    public static partial void ServerDuidNotRead(this ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 746, Level = LogLevel.Warning,
        Message = "Cannot write {Path}: {Reason}; DHCPv6 clients have to ask anew after a restart")]
    public static partial void ServerDuidNotKept(this ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 747, Level = LogLevel.Warning,
        Message = "Network {Network}: '{Id}' is not a DUID, the address reserved for it is never given out")]
    public static partial void NotADuid(this ILogger logger, string network, string id);

    [LoggerMessage(EventId = 754, Level = LogLevel.Warning,
        Message = "{Path} holds no DUID; DHCPv6 clients of this network have to ask anew")]
    public static partial void NetworkDuidUnreadable(this ILogger logger, string path);

    [LoggerMessage(EventId = 753, Level = LogLevel.Warning,
        Message = "Network {Network}: a RELEASE or DECLINE from {Source} came in a frame of another MAC: ignored ({Before} more since the last such line)")]
    public static partial void ForeignSource(this ILogger logger, string network, string source, long before);

    [LoggerMessage(EventId = 755, Level = LogLevel.Debug, Message = "{Bridge}: could not answer: {Reason}")]
    public static partial void NotSent(this ILogger logger, string bridge, string reason);
}
