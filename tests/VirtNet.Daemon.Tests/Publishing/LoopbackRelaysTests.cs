using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Daemon.Publishing;
using VirtNet.Host;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Tests.Publishing;

public sealed class LoopbackRelaysTests : IAsyncDisposable
{
    private static readonly Guid Network = Guid.NewGuid();

    private readonly LoopbackRelays _relays = new(TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _relays.DisposeAsync();

    [Fact]
    public async Task A_connection_goes_to_the_target_and_back_and_ends_with_the_publication()
    {
        using TcpListener target = Target();
        ushort port = FreePort();
        _relays.Follow(Network, [Place(PublishedProtocol.Tcp, port, target.LocalEndpoint)]);
        using Socket client = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.IPv6Loopback, port, Cancel);
        using Socket answering = await target.AcceptSocketAsync(Cancel);
        await client.SendAsync("question"u8.ToArray(), Cancel);
        Assert.Equal("question", await HearAsync(answering));
        await answering.SendAsync("answer"u8.ToArray(), Cancel);
        Assert.Equal("answer", await HearAsync(client));

        // Another target: who is connected stays, who comes goes there.
        using TcpListener other = Target();
        _relays.Follow(Network, [Place(PublishedProtocol.Tcp, port, other.LocalEndpoint)]);
        await client.SendAsync("still"u8.ToArray(), Cancel);
        Assert.Equal("still", await HearAsync(answering));
        using Socket second = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await second.ConnectAsync(IPAddress.IPv6Loopback, port, Cancel);
        (await other.AcceptSocketAsync(Cancel)).Dispose();
        Assert.Equal("", await HearAsync(second));

        _relays.Follow(Network, []);
        await Assert.ThrowsAsync<SocketException>(async () => Assert.NotEqual("", await HearAsync(client)));
        using Socket late = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () => await late.ConnectAsync(IPAddress.IPv6Loopback, port, Cancel));
    }

    [Fact]
    public async Task Datagrams_go_to_the_target_that_there_is_now_and_their_answers_back()
    {
        using Socket target = Datagrams();
        using Socket other = Datagrams();
        using Socket client = Datagrams();
        ushort port = FreePort();
        foreach (Socket now in (Socket[])[target, other])
        {
            _relays.Follow(Network, [Place(PublishedProtocol.Udp, port, now.LocalEndPoint!)]);
            await client.SendToAsync("question"u8.ToArray(), new IPEndPoint(IPAddress.IPv6Loopback, port), Cancel);
            byte[] heard = new byte[99];
            SocketReceiveFromResult question = await now.ReceiveFromAsync(heard, new IPEndPoint(IPAddress.IPv6Any, 0), Cancel);
            Assert.Equal("question", Encoding.ASCII.GetString(heard, 0, question.ReceivedBytes));
            await now.SendToAsync("answer"u8.ToArray(), question.RemoteEndPoint, Cancel);
            SocketReceiveFromResult answer = await client.ReceiveFromAsync(heard, new IPEndPoint(IPAddress.IPv6Any, 0), Cancel);
            Assert.Equal(("answer", port), (Encoding.ASCII.GetString(heard, 0, answer.ReceivedBytes), ((IPEndPoint)answer.RemoteEndPoint).Port));
        }
    }

    [Fact]
    public void A_port_that_somebody_has_is_said_and_too_many_are_not_opened()
    {
        using TcpListener holder = Target();
        HostPublication held = Place(PublishedProtocol.Tcp, (ushort)((IPEndPoint)holder.LocalEndpoint).Port, holder.LocalEndpoint);
        HostPublication many = held with { Ports = new PortRange(20000, 20099) };
        _relays.Follow(Network, [held, many]);
        Assert.EndsWith("is not relayed: Address already in use", _relays.FaultOf(Network, held), StringComparison.Ordinal);
        Assert.Equal("more than 64 ports of a network are not relayed on ::1", _relays.FaultOf(Network, many));
    }

    [Fact]
    public void There_is_room_for_so_many_of_a_network_and_so_many_of_all()
    {
        RelayRoom all = new(2);
        RelayRoom one = new(1, all);
        RelayRoom other = new(3, all);
        Assert.True(one.TryEnter());
        Assert.False(one.TryEnter());
        Assert.True(other.TryEnter());
        Assert.False(other.TryEnter());
        one.Leave();
        Assert.True(other.TryEnter());
    }

    private static HostPublication Place(PublishedProtocol protocol, ushort port, EndPoint target) => new(
        Ipv6: true, IPAddress.IPv6Loopback, protocol, new PortRange(port), null, [], Balance.RoundRobin,
        [new HostTarget(IPAddress.IPv6Loopback, (ushort)((IPEndPoint)target).Port)]);

    private static TcpListener Target()
    {
        TcpListener listener = new(IPAddress.IPv6Loopback, 0);
        listener.Start();
        return listener;
    }

    private static Socket Datagrams()
    {
        Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        return socket;
    }

    /// <summary>Nobody else takes it so soon: the kernel gives others before.</summary>
    private static ushort FreePort()
    {
        using Socket socket = Datagrams();
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<string> HearAsync(Socket socket)
    {
        byte[] heard = new byte[99];
        return Encoding.ASCII.GetString(heard, 0, await socket.ReceiveAsync(heard, Cancel));
    }
}
