using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>Reaches upstreams through sockets of a loop, and over TCP where an answer is too long for a datagram.</summary>
internal sealed class UpstreamTransport : IUpstreamTransport, IAsyncDisposable
{
    private readonly DatagramLoop _loop;
    private readonly ILogger _logger;
    private readonly UpstreamSockets _v4;
    private readonly UpstreamSockets _v6;
    private readonly HashSet<Task> _streams = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _clock;
    private readonly TimeSpan _streamWait;

    /// <param name="received">Called for each datagram that comes to one of the ports.</param>
    /// <param name="undelivered">Called for each question that did not reach its server.</param>
    public UpstreamTransport(
        DatagramLoop loop,
        ForwarderOptions options,
        TimeProvider clock,
        DatagramHandler received,
        UndeliveredHandler undelivered,
        ILogger logger)
    {
        RandomSource random = new();
        _loop = loop;
        _clock = clock;
        _logger = logger;
        _streamWait = options.StreamWait;
        _v4 = new UpstreamSockets(loop, NetAddress.AnyV4, random, clock, received, undelivered);
        _v6 = new UpstreamSockets(loop, NetAddress.AnyV6, random, clock, received, undelivered);
    }

    public Span<byte> Rent() => _loop.Sending.Rent();

    public object Send(int length, NetEndpoint server)
    {
        DatagramSocket port = (server.Address.IsV6 ? _v6 : _v4).Current();
        port.Send(length, server);
        return port;
    }

    public void AskByStream(NetEndpoint server, ReadOnlySpan<byte> question, Action<ReadOnlyMemory<byte>> outcome)
    {
        byte[] framed = new byte[question.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)question.Length);
        question.CopyTo(framed.AsSpan(2));
        Task exchange = ExchangeAsync(server, framed, outcome);
        _streams.Add(exchange);
        exchange.ContinueWith(
            done => _loop.Post(() => _streams.Remove(done)),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>To be called when the loop still runs, and nobody asks any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(await _loop.InvokeAsync(() => _streams.ToArray()).ConfigureAwait(false)).ConfigureAwait(false);
        await _v4.DisposeAsync().ConfigureAwait(false);
        await _v6.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task ExchangeAsync(NetEndpoint server, byte[] framed, Action<ReadOnlyMemory<byte>> outcome)
    {
        await Task.Yield(); // connecting must not hold up the loop
        ReadOnlyMemory<byte> response = default;
        try
        {
            using CancellationTokenSource timeout = new(_streamWait, _clock);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
            using Socket socket = new(server.Address.Family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server.ToIPEndPoint(), either.Token).ConfigureAwait(false);
            await using NetworkStream stream = new(socket, ownsSocket: false);
            await stream.WriteAsync(framed, either.Token).ConfigureAwait(false);
            byte[] head = new byte[2];
            await stream.ReadExactlyAsync(head, either.Token).ConfigureAwait(false);
            byte[] body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
            await stream.ReadExactlyAsync(body, either.Token).ConfigureAwait(false);
            response = body;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            _logger.StreamFailed(server, e.Message);
        }
        finally
        {
            _loop.Post(() => outcome(response));
        }
    }
}
