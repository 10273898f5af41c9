using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Linux;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Services.Tests.Dns;

/// <summary>Upstreams on the loopback, asked over real sockets.</summary>
public sealed class UpstreamTransportTests : IAsyncDisposable
{
    private static readonly byte[] Question = [.. "a question with a header"u8];

    private readonly FakeTimeProvider _clock = new();
    private readonly ListLogger<UpstreamTransport> _logger = new();
    private readonly DatagramLoop _loop;
    private readonly UpstreamTransport _transport;
    private readonly TaskCompletionSource<(object Port, NetEndpoint Peer, int Arrival, byte[] Payload)> _received = new();
    private readonly TaskCompletionSource<(object Port, NetEndpoint Server, byte[] Start)> _undelivered = new();
    private bool _disposed;

    public UpstreamTransportTests()
    {
        _loop = new DatagramLoop("test", KeptByNobody.Sockets, TimeProvider.System, _logger);
        _transport = new UpstreamTransport(
            _loop,
            new ForwarderOptions(),
            _clock,
            (DatagramSocket port, in Datagram datagram) =>
                _received.TrySetResult((port, datagram.Peer, datagram.InterfaceIndex, datagram.Payload.ToArray())),
            (port, server, _, start) => _undelivered.TrySetResult((port, server, start.ToArray())),
            _logger);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            await _transport.DisposeAsync();
        }

        await _loop.DisposeAsync();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task An_answer_comes_back_to_the_port_that_asked_and_tells_its_interface(string address)
    {
        using UdpClient server = new(new IPEndPoint(IPAddress.Parse(address), 0));
        object port = await SendAsync(EndpointOf(server.Client));
        UdpReceiveResult question = await server.ReceiveAsync(Cancelled);
        Assert.Equal(Question, question.Buffer);
        await server.SendAsync("answer"u8.ToArray(), question.RemoteEndPoint, Cancelled);
        (object at, NetEndpoint peer, int arrival, byte[] payload) = await _received.Task.WaitAsync(Cancelled);
        Assert.Same(port, at);
        Assert.Equal(EndpointOf(server.Client), peer);
        Assert.Equal((int)Libc.InterfaceIndex("lo"), arrival);
        Assert.Equal("answer"u8.ToArray(), payload);
    }

    [Fact]
    public async Task A_question_that_reaches_nobody_comes_back()
    {
        NetEndpoint closed;
        using (UdpClient server = new(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            closed = EndpointOf(server.Client);
        }

        object port = await SendAsync(closed);
        (object at, NetEndpoint to, byte[] start) = await _undelivered.Task.WaitAsync(Cancelled);
        Assert.Equal((port, closed), (at, to));
        Assert.Equal(Question[..start.Length], start);
    }

    [Fact]
    public async Task An_answer_over_tcp_comes_whole_however_it_is_cut()
    {
        using TcpListener server = Listen();
        Task<byte[]> outcome = AskByStream(server);
        using Socket accepted = await server.AcceptSocketAsync(Cancelled);
        byte[] question = await ReadAsync(accepted, Question.Length + 2);
        Assert.Equal(Question.Length, BinaryPrimitives.ReadUInt16BigEndian(question));
        Assert.Equal(Question, question[2..]);
        byte[] answer = [.. Enumerable.Range(0, 3000).Select(i => (byte)i)];
        byte[] framed = [(byte)(answer.Length >> 8), (byte)(answer.Length & 0xff), .. answer];
        await accepted.SendAsync(framed.AsMemory(0, 1), Cancelled);
        await accepted.SendAsync(framed.AsMemory(1, 1500), Cancelled);
        await accepted.SendAsync(framed.AsMemory(1501), Cancelled);
        Assert.Equal(answer, await outcome.WaitAsync(Cancelled));
    }

    [Fact]
    public async Task A_server_that_hangs_up_or_is_not_there_gives_nothing()
    {
        TcpListener server = Listen();
        Task<byte[]> outcome = AskByStream(server);
        (await server.AcceptSocketAsync(Cancelled)).Dispose();
        Assert.Empty(await outcome.WaitAsync(Cancelled));
        NetEndpoint closed = EndpointOf(server.Server);
        server.Dispose();
        Assert.Empty(await AskByStream(closed).WaitAsync(Cancelled));
        Assert.Equal(2, _logger.Lines.Count(line => line.Id == 416));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_waited_for_as_long_as_was_said()
    {
        using TcpListener server = Listen();
        Task<byte[]> outcome = AskByStream(server);
        using Socket accepted = await server.AcceptSocketAsync(Cancelled);
        await ReadAsync(accepted, Question.Length + 2);
        Assert.False(outcome.IsCompleted);
        _clock.Advance(new ForwarderOptions().StreamWait);
        Assert.Empty(await outcome.WaitAsync(Cancelled));
    }

    [Fact]
    public async Task What_is_under_way_over_tcp_ends_with_the_service()
    {
        using TcpListener server = Listen();
        Task<byte[]> outcome = AskByStream(server);
        using Socket accepted = await server.AcceptSocketAsync(Cancelled);
        _disposed = true;
        await _transport.DisposeAsync();
        Assert.Empty(await outcome.WaitAsync(Cancelled));
    }

    private static TcpListener Listen()
    {
        TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        return server;
    }

    private static NetEndpoint EndpointOf(Socket socket)
    {
        IPEndPoint local = (IPEndPoint)socket.LocalEndPoint!;
        return new NetEndpoint(NetAddress.From(local.Address), (ushort)local.Port);
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int length)
    {
        byte[] buffer = new byte[length];
        for (int read = 0; read < length;)
        {
            int count = await socket.ReceiveAsync(buffer.AsMemory(read), Cancelled);
            Assert.NotEqual(0, count);
            read += count;
        }

        return buffer;
    }

    private Task<object> SendAsync(NetEndpoint server) => _loop.InvokeAsync(() =>
    {
        Question.CopyTo(_transport.Rent());
        return _transport.Send(Question.Length, server);
    });

    private Task<byte[]> AskByStream(TcpListener server) => AskByStream(EndpointOf(server.Server));

    private Task<byte[]> AskByStream(NetEndpoint server)
    {
        TaskCompletionSource<byte[]> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() => _transport.AskByStream(server, Question, message => outcome.SetResult(message.ToArray())));
        return outcome.Task;
    }
}
