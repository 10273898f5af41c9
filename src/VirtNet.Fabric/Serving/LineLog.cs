using System.Globalization;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Store;
using VirtNet.Model;

namespace VirtNet.Fabric.Serving;

/// <summary>
/// One line for each event, on standard error. Under systemd the journal has the time, and reads the level from a prefix
/// (sd-daemon(3)). What can be expected to fail says why, only a defect shows where.
/// </summary>
internal sealed class LineLog(TextWriter output, TimeProvider time, bool verbose, bool toJournal) : ILoggerFactory
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new Lines(this);

    /// <summary>There is no other place to log to.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string text)
    {
        string head = toJournal
            ? $"<{Priority(level)}>"
            : $"{time.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture)}{level.ToString().ToLowerInvariant()}: ";
        lock (_lock)
        {
            output.WriteLine(head + text.ReplaceLineEndings(" "));
            output.Flush();
        }
    }

    /// <summary>syslog(3).</summary>
    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };

    private sealed class Lines(LineLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= (log.IsVerbose ? LogLevel.Debug : LogLevel.Information) && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                string reason = exception switch
                {
                    null => "",
                    VirtNetException or FabricException or StoreUnavailableException or IOException or UnauthorizedAccessException => $": {exception.Message}",
                    _ => $": {exception}",
                };
                log.Write(logLevel, formatter(state, null) + reason);
            }
        }
    }

    private bool IsVerbose { get; } = verbose;
}
