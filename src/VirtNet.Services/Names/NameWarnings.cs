using Microsoft.Extensions.Logging;

namespace VirtNet.Services.Names;

/// <summary>Says of a client once that it does not get the name it wants: it asks for it with each renewal.</summary>
internal sealed class NameWarnings(string network, TimeProvider clock, ILogger logger)
{
    private const int MaxRemembered = 1024;

    private readonly HashSet<(string Client, string Name)> _told = [];
    private readonly WarningRates<(string Client, string Name)> _rate = new(clock);

    public void Refused(string client, RefusedName refused)
    {
        if (_told.Contains((client, refused.Name)) || !_rate.TryTake((client, refused.Name), out long before))
        {
            return;
        }

        if (_told.Count >= MaxRemembered)
        {
            _told.Clear();
        }

        _told.Add((client, refused.Name));
        logger.NameRefused(network, client, refused.Name, refused.Reason, before);
    }
}

/// <summary>Event ids 340-349.</summary>
internal static partial class NamesLog
{
    [LoggerMessage(EventId = 340, Level = LogLevel.Warning,
        Message = "Network {Network}: {Client} calls itself '{Name}', {Reason}: it gets its address without a name ({Before} more since the last such line)")]
    public static partial void NameRefused(
        this ILogger logger, string network, string client, string name, string reason, long before);
}
