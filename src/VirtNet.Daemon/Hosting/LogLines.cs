using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using VirtNet.Host;
using VirtNet.Host.Bus;
using VirtNet.Model;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// One line for each event, for people. What can be expected to fail says why; only what is a defect of the daemon shows
/// where it happened. Under systemd the journal has the time, and reads the level from a prefix (sd-daemon(3)).
/// </summary>
internal sealed class LogLines(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "lines";

    private readonly bool _toJournal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null;

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter output)
    {
        if (_toJournal)
        {
            output.Write($"<{Priority(entry.LogLevel)}>");
        }
        else
        {
            output.Write(time.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture));
            output.Write(entry.LogLevel.ToString().ToLowerInvariant());
            output.Write(": ");
        }

        output.WriteLine(TextOf(entry.Formatter(entry.State, null), entry.Exception));
    }

    /// <summary>One line.</summary>
    public static string TextOf(string message, Exception? exception)
    {
        string reason = exception is null ? "" : ": " + (IsExpected(exception) ? exception.Message : exception.ToString());
        return (message + reason).ReplaceLineEndings(" ");
    }

    private static bool IsExpected(Exception e) =>
        e is VirtNetException or HostCommandException or BusException or IOException or UnauthorizedAccessException
            or OperationCanceledException or ExternalException; // SQLite's, and those of sockets

    /// <summary>syslog(3).</summary>
    public static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };
}
