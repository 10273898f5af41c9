using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Daemon.Hosting;
using VirtNet.Host;

namespace VirtNet.Daemon.Tests.Hosting;

public sealed class LogLinesTests
{
    [Fact]
    public void What_can_be_expected_to_fail_says_why_in_one_line()
    {
        HostCommandException failure = new(new HostCommand("tc", ["qdisc", "add"]), 2, "Error: Specified qdisc kind is unknown.\n");
        string line = Format(LogLevel.Warning, "Network a: could not undo it", Thrown(failure));
        Assert.EndsWith(
            "warning: Network a: could not undo it: 'tc qdisc add' failed with status 2: Error: Specified qdisc kind is unknown.\n",
            line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_defect_shows_where_it_happened_and_still_takes_one_line()
    {
        string line = Format(LogLevel.Error, "Call x failed", Thrown(new InvalidOperationException("no")));
        Assert.Contains("error: Call x failed: System.InvalidOperationException: no", line, StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), line, StringComparison.Ordinal);
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
    }

    [Fact]
    public void Who_is_told_to_stop_while_it_waits_is_no_defect() => Assert.EndsWith(
        "error: Hosting failed to start: A task was canceled.\n",
        Format(LogLevel.Error, "Hosting failed to start", Thrown(new TaskCanceledException())),
        StringComparison.Ordinal);

    private static Exception Thrown(Exception exception) => Record.Exception((Action)(() => throw exception))!;

    private static string Format(LogLevel level, string text, Exception exception)
    {
        using StringWriter output = new() { NewLine = "\n" };
        new LogLines(TimeProvider.System).Write(
            new LogEntry<string>(level, "category", default, text, exception, (state, _) => state), null, output);
        return output.ToString();
    }
}
