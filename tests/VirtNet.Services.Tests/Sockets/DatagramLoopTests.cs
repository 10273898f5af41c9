using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Sockets;

public sealed class DatagramLoopTests : IAsyncDisposable
{
    private static readonly NetEndpoint LoopbackV4 = new(NetAddress.From(IPAddress.Loopback), 0);
    private static readonly NetEndpoint LoopbackV6 = new(NetAddress.From(IPAddress.IPv6Loopback), 0);

    private readonly DatagramLoop _loop = new("test", KeptByNobody.Sockets, TimeProvider.System, NullLogger.Instance);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    [Fact]
    public async Task Who_asks_a_loop_that_has_ended_by_a_failure_is_told_so()
    {
        DatagramSocket socket = _loop.Open(new DatagramSocketOptions(LoopbackV4), Echo);
        await _loop.InvokeAsync(() =>
        {
            socket.Send(socket.Rent()[..1].Length, socket.Local);
            socket.Descriptor.Dispose(); // what is to be sent cannot be
        });
        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                await _loop.InvokeAsync(() => { }).WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
            }
        });
        Assert.Contains("thread test has ended", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_datagram_of_a_burst_is_answered_to_its_sender(bool v6)
    {
        DatagramSocket server = _loop.Open(new DatagramSocketOptions(v6 ? LoopbackV6 : LoopbackV4), Echo);
        using UdpClient client = new(v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        client.Connect(server.Local.ToIPEndPoint());
        for (int i = 0; i < 150; i++)
        {
            await client.SendAsync(BitConverter.GetBytes(i), Cancelled);
        }

        HashSet<int> seen = [];
        for (int i = 0; i < 150; i++)
        {
            seen.Add(BitConverter.ToInt32((await client.ReceiveAsync(Cancelled)).Buffer));
        }

        Assert.Equal(150, seen.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_datagram_tells_where_it_was_sent_to_and_through_which_interface(bool v6)
    {
        TaskCompletionSource<(NetAddress Destination, int Interface)> seen = new();
        DatagramSocket server = _loop.Open(
            new DatagramSocketOptions(new NetEndpoint(v6 ? NetAddress.AnyV6 : NetAddress.AnyV4, 0)),
            (DatagramSocket _, in Datagram datagram) => seen.SetResult((datagram.Destination, datagram.InterfaceIndex)));
        using UdpClient client = new(v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        IPAddress target = v6 ? IPAddress.IPv6Loopback : IPAddress.Parse("127.0.0.9");
        await client.SendAsync(new byte[1], new IPEndPoint(target, server.Local.Port), Cancelled);

        (NetAddress destination, int index) = await seen.Task.WaitAsync(Cancelled);
        Assert.Equal(target, destination.ToIPAddress());
        Assert.Equal((int)Libc.InterfaceIndex("lo"), index);
    }

    [Fact]
    public async Task An_answer_leaves_from_the_address_that_is_asked_for()
    {
        DatagramSocket server = _loop.Open(
            new DatagramSocketOptions(new NetEndpoint(NetAddress.AnyV4, 0)),
            (DatagramSocket socket, in Datagram datagram) =>
            {
                socket.Rent()[0] = 7;
                socket.Send(1, datagram.Peer, from: datagram.Destination);
            });
        using UdpClient client = new(AddressFamily.InterNetwork);
        IPEndPoint target = new(IPAddress.Parse("127.0.0.9"), server.Local.Port);
        await client.SendAsync(new byte[1], target, Cancelled);
        Assert.Equal(target, (await client.ReceiveAsync(Cancelled)).RemoteEndPoint);
    }

    [Fact]
    public async Task More_answers_than_there_are_slots_all_go_out()
    {
        DatagramSocket server = _loop.Open(
            new DatagramSocketOptions(LoopbackV4),
            (DatagramSocket socket, in Datagram datagram) =>
            {
                for (int i = 0; i < (2 * SendQueue.Capacity) + 1; i++)
                {
                    socket.Rent()[0] = (byte)i;
                    socket.Send(1, datagram.Peer);
                }
            });
        using UdpClient client = new(AddressFamily.InterNetwork);
        client.Client.ReceiveBufferSize = 1 << 20;
        await client.SendAsync(new byte[1], server.Local.ToIPEndPoint(), Cancelled);
        for (int i = 0; i < (2 * SendQueue.Capacity) + 1; i++)
        {
            Assert.Equal((byte)i, (await client.ReceiveAsync(Cancelled)).Buffer[0]);
        }
    }

    [Fact]
    public void A_taken_port_is_reported_with_its_errno()
    {
        using UdpClient other = new(new IPEndPoint(IPAddress.Loopback, 0));
        ushort port = (ushort)((IPEndPoint)other.Client.LocalEndPoint!).Port;
        SystemCallException e = Assert.Throws<SystemCallException>(
            () => _loop.Open(new DatagramSocketOptions(LoopbackV4 with { Port = port }), Echo));
        Assert.Equal(SystemCallException.AddressInUse, e.Errno);
    }

    [Fact]
    public async Task A_handler_that_fails_costs_only_its_own_datagram()
    {
        DatagramSocket server = _loop.Open(
            new DatagramSocketOptions(LoopbackV4),
            (DatagramSocket socket, in Datagram datagram) =>
            {
                if (datagram.Payload[0] == 0)
                {
                    throw new InvalidOperationException();
                }

                Echo(socket, datagram);
            });
        using UdpClient client = new(AddressFamily.InterNetwork);
        client.Connect(server.Local.ToIPEndPoint());
        await client.SendAsync(new byte[] { 0 }, Cancelled);
        await client.SendAsync(new byte[] { 1 }, Cancelled);
        Assert.Equal(1, (await client.ReceiveAsync(Cancelled)).Buffer[0]);
    }

    [Fact]
    public async Task A_datagram_too_long_for_the_buffers_is_dropped()
    {
        DatagramSocket server = _loop.Open(new DatagramSocketOptions(LoopbackV4), Echo);
        using UdpClient client = new(AddressFamily.InterNetwork);
        client.Connect(server.Local.ToIPEndPoint());
        await client.SendAsync(new byte[ReceiveBatch.MaxLength + 1], Cancelled);
        await client.SendAsync(new byte[] { 9 }, Cancelled);
        Assert.Equal(9, Assert.Single((await client.ReceiveAsync(Cancelled)).Buffer));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_datagram_that_nobody_takes_comes_back_and_tells_whence(bool v6)
    {
        TaskCompletionSource<(NetEndpoint Peer, int Interface, byte[] Start)> seen = new();
        DatagramSocket closed = _loop.Open(new DatagramSocketOptions(v6 ? LoopbackV6 : LoopbackV4), Echo);
        await closed.DisposeAsync();
        DatagramSocket socket = _loop.Open(
            new DatagramSocketOptions(new NetEndpoint(v6 ? NetAddress.AnyV6 : NetAddress.AnyV4, 0))
            {
                Undelivered = (_, peer, arrival, start) => seen.TrySetResult((peer, arrival, start.ToArray())),
            },
            Echo);
        await _loop.InvokeAsync(() =>
        {
            "question"u8.CopyTo(socket.Rent());
            socket.Send(8, closed.Local);
        });

        (NetEndpoint peer, int arrival, byte[] start) = await seen.Task.WaitAsync(Cancelled);
        Assert.Equal(closed.Local, peer);
        Assert.Equal((int)Libc.InterfaceIndex("lo"), arrival);
        Assert.Equal("question"u8.ToArray(), start);
    }

    [Fact]
    public async Task Posted_work_runs_in_order_on_the_loops_thread()
    {
        ConcurrentQueue<(int Number, bool Current)> seen = new();
        for (int i = 0; i < 1000; i++)
        {
            int number = i;
            _loop.Post(() => seen.Enqueue((number, _loop.IsCurrent)));
        }

        await _loop.InvokeAsync(() => { });
        Assert.Equal(Enumerable.Range(0, 1000).Select(n => (n, true)), seen);
    }

    [Fact]
    public async Task A_failure_of_invoked_work_reaches_who_waits_for_it() =>
        await Assert.ThrowsAsync<FormatException>(() => _loop.InvokeAsync(() => throw new FormatException()));

    [Fact]
    public async Task A_timer_calls_once_and_a_stopped_one_never()
    {
        TaskCompletionSource called = new();
        int stoppedCalls = 0;
        await _loop.InvokeAsync(() =>
        {
            LoopTimer stopped = _loop.CreateTimer(() => stoppedCalls++);
            stopped.Start(TimeSpan.FromMilliseconds(1));
            stopped.Stop();
            _loop.CreateTimer(called.SetResult).Start(TimeSpan.FromMilliseconds(5));
        });
        await called.Task.WaitAsync(Cancelled);
        Assert.Equal(0, stoppedCalls);
    }

    [Fact]
    public async Task A_closed_socket_gives_its_port_back()
    {
        DatagramSocket first = _loop.Open(new DatagramSocketOptions(LoopbackV4), Echo);
        await first.DisposeAsync();
        DatagramSocket second = _loop.Open(new DatagramSocketOptions(first.Local), Echo);
        Assert.Equal(first.Local, second.Local);
    }

    private static void Echo(DatagramSocket socket, in Datagram datagram)
    {
        datagram.Payload.CopyTo(socket.Rent());
        socket.Send(datagram.Payload.Length, datagram.Peer);
    }
}
