using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Listening;

/// <summary>
/// One TCP connection of a client (RFC 7766): any number of questions, each after a length, answered one after the other.
/// It ends when the client ends it, is silent for too long, or sends what is no question.
/// </summary>
internal sealed class StreamConnection(
    Socket socket,
    NetEndpoint peer,
    DatagramLoop loop,
    DnsEngine engine,
    DnsNetwork network,
    DnsOptions options,
    TimeProvider clock,
    ILogger logger) : IReplyChannel, IDisposable
{
    private const int LengthOctets = 2;

    /// <summary>No question is longer: a name, EDNS and room for options nobody uses.</summary>
    private const int MaxQuestion = 4096;

    /// <summary>One for all connections: it is used on the loop's thread only, from renting to sending.</summary>
    [ThreadStatic]
    private static byte[]? _answerBuffer;

    private readonly CancellationTokenSource _aborted = new();
    private TaskCompletionSource<byte[]?>? _answer;

    public NetEndpoint Peer => peer;

    public Task Ended { get; private set; } = Task.CompletedTask;

    public bool IsStream => true;

    public void Start(Action ended) => Ended = RunAsync(ended);

    /// <summary>Ends it soon. Not after <see cref="Dispose"/>.</summary>
    public void Abort() => _aborted.Cancel();

    /// <summary>Once it has ended.</summary>
    public void Dispose() => _aborted.Dispose();

    Span<byte> IReplyChannel.Rent() => _answerBuffer ??= new byte[ushort.MaxValue];

    void IReplyChannel.Send(int length, NetEndpoint to)
    {
        byte[] framed = new byte[LengthOctets + length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)length);
        _answerBuffer.AsSpan(0, length).CopyTo(framed.AsSpan(LengthOctets));
        _answer?.TrySetResult(framed);
    }

    private async Task RunAsync(Action ended)
    {
        await Task.Yield(); // the caller holds a lock
        try
        {
            byte[] question = new byte[DnsQuery.ClassicSize];
            bool more = true;
            while (more)
            {
                using CancellationTokenSource silence = new(options.ConnectionIdleTime, clock);
                using CancellationTokenSource either =
                    CancellationTokenSource.CreateLinkedTokenSource(silence.Token, _aborted.Token);
                more = await ServeOneAsync(question, either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or EndOfStreamException)
        {
            logger.ConnectionEnded(network.Name, e.Message);
        }
        finally
        {
            socket.Dispose();
            ended();
        }
    }

    /// <summary>False when the connection is to be closed.</summary>
    private async Task<bool> ServeOneAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        await FillAsync(buffer.AsMemory(0, LengthOctets), cancellationToken).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
        if (length is < DnsHeader.Length or > MaxQuestion)
        {
            return false;
        }

        byte[] question = length <= buffer.Length ? buffer : new byte[length];
        await FillAsync(question.AsMemory(0, length), cancellationToken).ConfigureAwait(false);

        TaskCompletionSource<byte[]?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            _answer = answer;
            if (!engine.OnQuestion(network, this, peer, question.AsSpan(0, length)))
            {
                answer.TrySetResult(null);
            }
        });

        if (await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false) is not { } framed)
        {
            return false;
        }

        for (int sent = 0; sent < framed.Length;)
        {
            sent += await socket.SendAsync(framed.AsMemory(sent), cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int count = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new EndOfStreamException("closed by the client");
            }

            buffer = buffer[count..];
        }
    }
}
