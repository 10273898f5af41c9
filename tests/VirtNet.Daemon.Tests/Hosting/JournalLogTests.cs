using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Hosting;

namespace VirtNet.Daemon.Tests.Hosting;

/// <summary>A journal that is read by the test.</summary>
public sealed class JournalLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;
    private readonly Socket _journal = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
    private readonly JournalLog _log;
    private readonly ILogger _logger;

    public JournalLogTests()
    {
        string path = Path.Combine(_folder, "socket");
        _journal.Bind(new UnixDomainSocketEndPoint(path));
        _log = new JournalLog(path);
        _logger = _log.CreateLogger("test");
    }

    public void Dispose()
    {
        _log.Dispose();
        _journal.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void An_entry_has_the_number_of_its_event_and_the_network_that_it_is_about()
    {
        _logger.Ready("0.1.0", 2, 3);
        Assert.Equal(
            "MESSAGE=virtnetd 0.1.0 is ready: 2 of 3 networks active\nPRIORITY=6\nSYSLOG_IDENTIFIER=virtnetd\nVIRTNET_EVENT=102\n", Read());

        _logger.Log(
            LogLevel.Warning, new EventId(9), (IReadOnlyList<KeyValuePair<string, object?>>)[new("Network", "lab\nPRIORITY=0")],
            new IOException("full"), static (_, _) => "a line\nand another");
        Assert.Equal(
            "MESSAGE=a line and another: full\nPRIORITY=4\nSYSLOG_IDENTIFIER=virtnetd\nVIRTNET_EVENT=9\nVIRTNET_NETWORK=lab PRIORITY=0\n",
            Read());
    }

    [Fact]
    public void A_text_without_end_is_cut()
    {
        _logger.Log(LogLevel.Error, new EventId(1), 0, null, static (_, _) => new string('x', 1 << 20));
        Assert.InRange(Read().Length, 32 * 1024, 33 * 1024);
    }

    [Fact]
    public void A_journal_that_is_gone_harms_nobody()
    {
        Directory.Delete(_folder, recursive: true);
        _logger.Ready("0.1.0", 0, 0);
        Directory.CreateDirectory(_folder);
    }

    private string Read()
    {
        byte[] entry = new byte[1 << 18];
        return Encoding.UTF8.GetString(entry, 0, _journal.Receive(entry));
    }
}
