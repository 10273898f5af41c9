using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Daemon.Hosting;
using VirtNet.Services.Sockets;

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

        Assert.Contains("listens on", Assert.Throws<SocketHeldException>(Bind).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(SocketFile));
    }

    [Fact]
    public void A_file_that_nobody_listens_behind_any_more_is_replaced()
    {
        File.WriteAllText(SocketFile, "left by a crash");

        using ListeningSocket socket = Bind();

        Assert.True(UnixListeners.Contains(SocketFile + ".new")); // under the name that it was bound to
    }

    [Fact]
    public void Its_file_stays_for_whoever_has_the_socket_next()
    {
        KeptSockets kept = new(holder: null, NullLogger<KeptSockets>.Instance);
        ListeningSocket socket = ListeningSocket.Bind(SocketFile, Rights, readOnly: true, kept, NullLogger.Instance);
        IReadOnlyList<int> left = kept.LeaveToNextProgram();
        socket.Dispose();
        socket.Dispose();
        Assert.True(File.Exists(SocketFile));

        KeptSockets next = new(holder: null, NullLogger<KeptSockets>.Instance);
        using SystemdSockets passed = SystemdSockets.Of(PassedSocket.OfFormerProgram(left), next);
        Assert.True(passed.TryTake("name", SocketFile, out InheritedSocket? taken));
        using (ListeningSocket.Inherit(taken, SocketFile, Rights, readOnly: true, next, NullLogger.Instance))
        {
            using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            client.Connect(new UnixDomainSocketEndPoint(SocketFile));
        }

        Assert.False(File.Exists(SocketFile));
    }

    private ListeningSocket Bind() => ListeningSocket.Bind(
        SocketFile, Rights, readOnly: true, new KeptSockets(holder: null, NullLogger<KeptSockets>.Instance), NullLogger.Instance);
}
