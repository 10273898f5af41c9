using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Daemon.Hosting;

namespace VirtNet.Daemon.Tests.Hosting;

public sealed class ListeningSocketTests : IDisposable
{
    private static readonly SocketRights Rights = new(Group: null, Mode: null);

    private readonly string _folder = Directory.CreateTempSubdirectory("socket-").FullName;

    private string SocketFile => Path.Combine(_folder, "sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Its_file_goes_with_it()
    {
        using (Bind())
        {
            Assert.True(File.Exists(SocketFile));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_file_that_somebody_put_in_its_place_stays()
    {
        using (Bind())
        {
            File.Delete(SocketFile);
            File.WriteAllText(SocketFile, "another's");
        }

        Assert.Equal("another's", File.ReadAllText(SocketFile));
    }

    [Fact]
    public void Where_somebody_listens_nothing_is_taken_over()
    {
        using ListeningSocket first = Bind();

        Assert.Contains("listens on", Assert.Throws<IOException>(Bind).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(SocketFile));
    }

    [Fact]
    public void A_file_that_nobody_listens_behind_any_more_is_replaced()
    {
        File.WriteAllText(SocketFile, "left by a crash");

        using ListeningSocket socket = Bind();

        Assert.True(UnixListeners.Contains(SocketFile + ".new")); // under the name that it was bound to
    }

    private ListeningSocket Bind() => ListeningSocket.Bind(SocketFile, Rights, readOnly: true, NullLogger.Instance);
}
