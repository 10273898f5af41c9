using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Daemon.Hosting;
using VirtNet.Linux;
using VirtNet.Linux.Processes;

namespace VirtNet.Daemon.Tests.Hosting;

/// <summary>One process after the other, with a service manager that holds what it is given.</summary>
[Collection(nameof(ServiceNotifierTests))] // both say where the manager is
public sealed class DescriptorStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
    private readonly ServiceNotifier _notifier;

    public DescriptorStoreTests()
    {
        string path = Path.Combine(_folder, "notify");
        _manager.Bind(new UnixDomainSocketEndPoint(path));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", path);
        _notifier = ServiceNotifier.FromEnvironment();
    }

    public void Dispose()
    {
        _notifier.Dispose();
        _manager.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void What_is_held_is_the_next_process_s_and_what_was_let_go_is_closed()
    {
        List<PassedSocket> held = [];
        List<PassedSocket> whenKilled = [];
        using (DescriptorStore first = new(_notifier))
        {
            using Socket kept = Bound();
            using Socket gone = Bound();
            IPEndPoint place = (IPEndPoint)gone.LocalEndPoint!;
            Assert.True(first.TryHold("+a00", kept.SafeHandle));
            Assert.True(first.TryHold("+a01", gone.SafeHandle));
            Assert.Equal("FDSTORE=1\nFDPOLL=0\nFDNAME=+000", Heard(out int[] ends));
            held.AddRange(ends.Select(end => new PassedSocket(Copied(end), "+000")));
            whenKilled.AddRange(ends.Select(end => new PassedSocket(end, "+000")));
            gone.Dispose();
            Assert.Throws<SocketException>(() => Bound(place.Port));

            first.LetGo("+a01");
            Bound(place.Port).Dispose();
        }

        using DescriptorStore second = new(_notifier);
        PassedSocket other = new(99, "virtnet-sock");
        IReadOnlyList<PassedSocket> opened = second.Open([other, .. held]);
        Assert.Equal(["virtnet-sock", "+a00"], opened.Select(one => one.Name));
        using FileDescriptor taken = new(opened[1].Descriptor);
        Assert.Equal(Libc.AfInet, PassedSocket.FamilyOf(opened[1].Descriptor));

        // It is still held: a process that is killed now is followed by one that has it.
        using DescriptorStore third = new(_notifier);
        PassedSocket again = Assert.Single(third.Open(whenKilled));
        Assert.Equal("+a00", again.Name);
        new FileDescriptor(again.Descriptor).Dispose();
    }

    [Fact]
    public void Ten_thousand_sockets_are_a_few_descriptors_for_the_manager()
    {
        using DescriptorStore store = new(_notifier);
        using Socket socket = Bound();
        int told = 0;
        for (int i = 0; i < 10_000; i++)
        {
            Assert.True(store.TryHold($"s{i}", socket.SafeHandle));
            if (_manager.Available > 0)
            {
                Heard(out int[] ends);
                Array.ForEach(ends, end => new FileDescriptor(end).Dispose());
                told++;
            }
        }

        Assert.InRange(told, 150, 200);
        store.LetGo("s5000");
        Assert.True(store.TryHold("s5000", socket.SafeHandle));
    }

    [Fact]
    public void Half_a_box_is_given_back()
    {
        using DescriptorStore store = new(_notifier);
        Assert.Equal("half a box", Assert.Single(store.Open([new PassedSocket(99, "+007")])).Name);
        Assert.Equal("FDSTOREREMOVE=1\nFDNAME=+007", Heard(out _));
    }

    private static Socket Bound(int port = 0)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private static int Copied(int descriptor)
    {
        FileDescriptor held = new(descriptor);
        int copy = Libc.Copy(held, survivesExec: false).Detach();
        held.Detach();
        return copy;
    }

    /// <param name="descriptors">What came with it.</param>
    private string Heard(out int[] descriptors)
    {
        Assert.True(_manager.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead));
        FileDescriptor manager = new((int)_manager.Handle);
        byte[] said = new byte[256];
        int length = Libc.ReceivePassed(manager, said, out FileDescriptor[] passed);
        manager.Detach();
        descriptors = [.. passed.Select(descriptor => descriptor.Detach())];
        return Encoding.UTF8.GetString(said, 0, length);
    }
}
