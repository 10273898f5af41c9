using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Sockets;

/// <summary>One process after the other on the same holder, with sockets of the loopback.</summary>
public sealed class KeptSocketsTests : IDisposable
{
    private readonly Holder _holder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _holder.Dispose();

    [Fact]
    public async Task What_comes_while_no_process_is_there_is_answered_by_the_next_one()
    {
        using UdpClient client = new(AddressFamily.InterNetwork);
        KeptSockets first = NewProcess();
        NetEndpoint local = await ServeAsync(first, At(0), client, "first"u8.ToArray(), leaves: true);
        await client.SendAsync("while nobody is there"u8.ToArray(), Cancelled);

        KeptSockets second = NewProcess();
        await using DatagramLoop loop = Loop(second);
        DatagramSocket socket = loop.Open(Kept(local), Echo);

        Assert.Equal(local, socket.Local);
        Assert.Equal("while nobody is there"u8.ToArray(), (await client.ReceiveAsync(Cancelled)).Buffer);
        Assert.Single(_holder.Held);
    }

    [Fact]
    public async Task A_socket_that_is_closed_while_the_process_goes_on_is_let_go()
    {
        KeptSockets kept = NewProcess();
        await using DatagramLoop loop = Loop(kept);
        DatagramSocket socket = loop.Open(Kept(At(0)), Echo);
        string name = Assert.Single(_holder.Held.Keys);
        Assert.InRange(name.Length, 1, 4);
        Assert.True(KeptSockets.IsOurs(name));

        await socket.DisposeAsync();

        Assert.Empty(_holder.Held);
        using UdpClient other = new(socket.Local.ToIPEndPoint());
    }

    [Fact]
    public async Task A_socket_that_is_not_to_outlive_the_process_is_held_by_nobody()
    {
        await using DatagramLoop loop = Loop(NewProcess());
        loop.Open(new DatagramSocketOptions(At(0)), Echo);
        Assert.Empty(_holder.Held);
    }

    [Fact]
    public async Task What_is_bound_otherwise_is_not_taken_over_and_makes_way()
    {
        using UdpClient client = new(AddressFamily.InterNetwork);
        NetEndpoint local = await ServeAsync(NewProcess(), At(0), client, "first"u8.ToArray(), leaves: true, device: "lo");
        KeptSockets second = NewProcess();
        await using DatagramLoop loop = Loop(second);

        DatagramSocket socket = loop.Open(Kept(local), Echo); // on any interface

        await client.SendAsync("second"u8.ToArray(), Cancelled);
        Assert.Equal("second"u8.ToArray(), (await client.ReceiveAsync(Cancelled)).Buffer);
        Assert.Equal(1, socket.Received);
        Assert.Single(_holder.Held);
    }

    [Fact]
    public async Task What_nobody_takes_over_is_closed()
    {
        using UdpClient client = new(AddressFamily.InterNetwork);
        NetEndpoint local = await ServeAsync(NewProcess(), At(0), client, "first"u8.ToArray(), leaves: true);

        NewProcess().CloseLeft();

        Assert.Empty(_holder.Held);
        using UdpClient other = new(local.ToIPEndPoint());
    }

    [Fact]
    public void A_stream_listener_is_taken_over_only_as_one()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        NetEndpoint local = new(NetAddress.From(IPAddress.Loopback), (ushort)((IPEndPoint)listener.LocalEndPoint!).Port);
        KeptSockets first = NewProcess();
        first.Keep(listener.SafeHandle);
        Assert.Null(NewProcess().Take(SocketBinding.Tcp(local, 0)));
        listener.Listen();

        using FileDescriptor? taken = NewProcess().Take(SocketBinding.Tcp(local, 0));

        Assert.NotNull(taken);
    }

    [Fact]
    public void What_is_no_socket_is_closed_and_let_go()
    {
        KeptSockets kept = NewProcess();
        using SafeFileHandle file = File.OpenHandle("/dev/null");
        Assert.False(kept.Adopt("+zzz", Libc.Copy(file, survivesExec: false).Detach()));
        Assert.Equal(["+zzz"], _holder.LetGoOf);
    }

    [Fact]
    public async Task The_next_program_has_copies_that_outlive_the_sockets()
    {
        KeptSockets first = new(holder: null, NullLogger<KeptSockets>.Instance);
        DatagramLoop loop = Loop(first);
        DatagramSocket socket = loop.Open(Kept(At(0)), Echo);
        IReadOnlyList<int> left = first.LeaveToNextProgram();
        await socket.DisposeAsync();
        await loop.DisposeAsync();

        KeptSockets second = new(holder: null, NullLogger<KeptSockets>.Instance);
        Assert.True(second.Adopt(name: null, Assert.Single(left)));
        using FileDescriptor? taken = second.Take(SocketBinding.Udp(socket.Local, 0));
        Assert.NotNull(taken);
    }

    private static NetEndpoint At(ushort port) => new(NetAddress.From(IPAddress.Loopback), port);

    private static DatagramSocketOptions Kept(NetEndpoint local) => new(local) { IsKept = true };

    private static DatagramLoop Loop(KeptSockets kept) => new("test", kept, TimeProvider.System, NullLogger.Instance);

    private static void Echo(DatagramSocket socket, in Datagram datagram)
    {
        datagram.Payload.CopyTo(socket.Rent());
        socket.Send(datagram.Payload.Length, datagram.Peer);
    }

    /// <summary>Serves one client once, and ends.</summary>
    private static async Task<NetEndpoint> ServeAsync(
        KeptSockets kept, NetEndpoint at, UdpClient client, byte[] message, bool leaves, string? device = null)
    {
        await using DatagramLoop loop = Loop(kept);
        DatagramSocket socket = loop.Open(Kept(at) with { Device = device }, Echo);
        client.Connect(socket.Local.ToIPEndPoint());
        await client.SendAsync(message, Cancelled);
        Assert.Equal(message, (await client.ReceiveAsync(Cancelled)).Buffer);
        if (leaves)
        {
            kept.Leave();
            await loop.LeaveAsync(static () => true);
        }

        await socket.DisposeAsync();
        return socket.Local;
    }

    private KeptSockets NewProcess()
    {
        KeptSockets kept = new(_holder, NullLogger<KeptSockets>.Instance);
        foreach ((string name, FileDescriptor socket) in _holder.Held)
        {
            kept.Adopt(name, Libc.Copy(socket, survivesExec: false).Detach());
        }

        return kept;
    }

    /// <summary>The service manager.</summary>
    private sealed class Holder : ISocketHolder, IDisposable
    {
        public Dictionary<string, FileDescriptor> Held { get; } = [];

        public List<string> LetGoOf { get; } = [];

        public bool TryHold(string name, SafeHandle socket) => Held.TryAdd(name, Libc.Copy(socket, survivesExec: false));

        public void LetGo(string name)
        {
            LetGoOf.Add(name);
            if (Held.Remove(name, out FileDescriptor? socket))
            {
                socket.Dispose();
            }
        }

        public void Dispose()
        {
            foreach (FileDescriptor socket in Held.Values)
            {
                socket.Dispose();
            }
        }
    }
}
