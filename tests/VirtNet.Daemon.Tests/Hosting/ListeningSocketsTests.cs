using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Hosting;
using VirtNet.Services.Sockets;

namespace VirtNet.Daemon.Tests.Hosting;

public sealed class ListeningSocketsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sockets-").FullName;
    private readonly DaemonOptions _options = new();
    private readonly List<string> _lost = [];
    private readonly DaemonPaths _paths;
    private readonly ListeningSockets _sockets;

    public ListeningSocketsTests()
    {
        _paths = new DaemonPaths(_folder, _folder, Path.Combine(_folder, "run"));
        KeptSockets kept = new(holder: null, NullLogger<KeptSockets>.Instance);
        _sockets = ListeningSockets.Open(_paths, _options, SystemdSockets.Of([], kept), kept, NullLogger.Instance);
    }

    public void Dispose()
    {
        _sockets.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Those_that_are_in_place_are_left_alone() => Assert.Empty(Restore());

    [Theory]
    [InlineData("removed")]
    [InlineData("replaced")]
    public void One_whose_file_somebody_took_away_listens_again(string harm)
    {
        File.Delete(_paths.Socket);
        if (harm == "replaced")
        {
            File.WriteAllText(_paths.Socket, "");
        }

        Assert.Equal(_paths.Socket, Assert.Single(Restore()).Path);
        Connect(_paths.Socket);
        Assert.Empty(Restore());
    }

    [Fact]
    public void All_come_back_when_the_runtime_folder_was_removed()
    {
        Directory.Delete(_paths.RuntimeDirectory, recursive: true);
        Assert.Equal(2, Restore().Count);
        Connect(_paths.Socket);
        Connect(_paths.ReadOnlySocket);
    }

    [Fact]
    public void Where_another_program_listens_by_now_it_is_said_and_nothing_is_taken_away()
    {
        File.Delete(_paths.Socket);
        using Socket other = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(_paths.Socket));
        other.Listen();
        Assert.Empty(Restore());
        Assert.Contains("another program", Assert.Single(_lost), StringComparison.Ordinal);
        Connect(_paths.Socket);
        other.Accept().Dispose();
    }

    private IReadOnlyList<ListeningSocket> Restore() => _sockets.Restore(_options, _lost.Add, NullLogger.Instance);

    private static void Connect(string path)
    {
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
    }
}
