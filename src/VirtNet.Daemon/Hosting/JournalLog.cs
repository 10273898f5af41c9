using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// The log in the journal's own protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): one entry an event, whose number is its field
/// <c>VIRTNET_EVENT</c> and stays the same over versions, and <c>VIRTNET_NETWORK</c> where it is about one. A journal that
/// does not read holds nobody up: what it has no room for is left out, and that is said.
/// </summary>
internal sealed class JournalLog : ILoggerProvider
{
    public const string JournalSocket = "/run/systemd/journal/socket";

    private const int MaxWaiting = 4096;

    /// <summary>The number of the event that says so.</summary>
    private const int LinesLeftOut = 174;

    /// <summary>The kernel's default for what may wait in a socket (net.core.wmem_default) is six times as much.</summary>
    private const int MaxText = 32 * 1024;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    private readonly Channel<string> _entries = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly UnixDomainSocketEndPoint _journal;
    private readonly Task _writing;
    private long _leftOut;

    /// <param name="path">Where the journal reads.</param>
    public JournalLog(string path)
    {
        _journal = new UnixDomainSocketEndPoint(path);
        _writing = WriteAsync();
    }

    /// <summary>Whether standard output is the journal's, and the journal can be told more than lines.</summary>
    public static bool IsThere => Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null && File.Exists(JournalSocket);

    public ILogger CreateLogger(string categoryName) => new Entries(this);

    public void Dispose()
    {
        _entries.Writer.TryComplete();
        _writing.Wait(EndLimit);
        _socket.Dispose();
    }

    internal static string Entry(LogLevel level, int id, string? network, string text)
    {
        StringBuilder entry = new();
        Field("MESSAGE", text.Length > MaxText ? text[..MaxText] : text);
        Field("PRIORITY", LogLines.Priority(level).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Field("SYSLOG_IDENTIFIER", "virtnetd");
        Field("VIRTNET_EVENT", id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (network is not null)
        {
            Field("VIRTNET_NETWORK", network);
        }

        return entry.ToString();

        // A value that has an end of line would have to be written otherwise; there is none that needs one.
        void Field(string name, string value) => entry.Append(name).Append('=').Append(value.ReplaceLineEndings(" ")).Append('\n');
    }

    private void Add(string entry)
    {
        if (!_entries.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref _leftOut);
        }
    }

    private async Task WriteAsync()
    {
        await foreach (string entry in _entries.Reader.ReadAllAsync())
        {
            await SendAsync(entry);
            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var leftOut)
            {
                await SendAsync(Entry(LogLevel.Warning, LinesLeftOut, network: null, $"{leftOut} lines came too fast for the journal"));
            }
        }
    }

    private async Task SendAsync(string entry)
    {
        try
        {
            await _socket.SendToAsync(Encoding.UTF8.GetBytes(entry), _journal);
        }
        catch (SocketException)
        {
            Interlocked.Increment(ref _leftOut); // the journal restarts: the next one may arrive
        }
    }

    private sealed class Entries(JournalLog journal) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string? network = (state as IReadOnlyList<KeyValuePair<string, object?>>)?
                .FirstOrDefault(value => value.Key == "Network").Value as string;
            journal.Add(Entry(logLevel, eventId.Id, network, LogLines.TextOf(formatter(state, null), exception)));
        }
    }
}
