using System.Net;
using Microsoft.Extensions.Logging;

namespace VirtNet.Host.Resolved;

/// <summary>Events 560-569.</summary>
internal static partial class ResolvedLog
{
    [LoggerMessage(EventId = 560, Level = LogLevel.Information,
        Message = "systemd-resolved asks {Server} on {Bridge} for names of {Domain}")]
    public static partial void NameServerRegistered(this ILogger logger, string domain, string bridge, IPAddress server);
}
