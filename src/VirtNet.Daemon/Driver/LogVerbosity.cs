using Microsoft.Extensions.Logging;
using VirtNet.Model;

namespace VirtNet.Daemon.Driver;

/// <summary>From which level on the daemon logs. Can be changed at any time, and is what the command line says at the next start.</summary>
internal sealed class LogVerbosity(LogLevel level)
{
    private static readonly KeyValuePair<string, LogLevel>[] Names =
    [
        new("debug", LogLevel.Debug), new("info", LogLevel.Information), new("warning", LogLevel.Warning), new("error", LogLevel.Error),
    ];

    private volatile int _level = (int)level;

    /// <summary>One of debug, info, warning and error.</summary>
    public string Name => Names.First(name => name.Value == (LogLevel)_level).Key;

    public bool Includes(LogLevel candidate) => (int)candidate >= _level;

    /// <exception cref="VirtNetException">There is no such level.</exception>
    public void Set(string name)
    {
        if (Names.FirstOrDefault(known => known.Key == name) is not { Key: not null } found)
        {
            throw VirtNetException.InvalidArgument(
                $"unknown log level '{name}': {string.Join(", ", Names.Select(known => known.Key))} are known");
        }

        _level = (int)found.Value;
    }
}
