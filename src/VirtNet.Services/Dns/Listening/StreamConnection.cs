using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Listening;

/// <summary>
/// One TCP connection of a client (RFC 7766): any number of questions, each after its length, several under way at a time,
/// answered as answers come. It ends when the client ends it, is silent for too long, or sends what is no question.
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

    /// <summary>Questions under way; a client that sends more is read on when answers have left.</summary>
    private const int MaxPending = 16;

    /// <summary>One for all connections: it is used on the loop's thread only, from renting to sending.</summary>
    [ThreadStatic]
    private static byte[]? _answerBuffer;

    private readonly CancellationTokenSource _aborted = new();
    private readonly SemaphoreSlim _free = new(MaxPending, MaxPending);
    private readonly Channel<byte[]> _answers = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true, SingleWriter = true });

    public NetEndpoint Peer => peer;

    public Task Ended { get; private set; } = Task.CompletedTask;

    public bool IsStream => true;

    public void Start(Action ended) => Ended = RunAsync(ended);

    /// <summary>It was told to end, or is ending by itself.</summary>
    public bool IsAborted => _aborted.IsCancellationRequested;

    /// <summary>Ends it soon. Not after <see cref="Dispose"/>.</summary>
    public void Abort() => _aborted.Cancel();

    /// <summary>Once it has ended.</summary>
    public void Dispose()
    {
        _aborted.Dispose();
        _free.Dispose();
    }

    Span<byte> IReplyChannel.Rent() => _answerBuffer ??= new byte[ushort.MaxValue];

    void IReplyChannel.Send(int length, NetEndpoint to)
    {
        byte[] framed = new byte[LengthOctets + length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)length);
        _answerBuffer.AsSpan(0, length).CopyTo(framed.AsSpan(LengthOctets));
        _answers.Writer.TryWrite(framed);
    }

    private async Task RunAsync(Action ended)
    {
        await Task.Yield(); // the caller holds a lock
        Task writing = WriteAsync();
        try
        {
            while (await ReadQuestionAsync().ConfigureAwait(false) is { } question)
            {
                Ask(question);
            }

            await FinishAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or EndOfStreamException)
        {
            logger.ConnectionEnded(network.Name, e.Message);
        }
        finally
        {
            _answers.Writer.TryComplete();
            await _aborted.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
            socket.Dispose();
            ended();
        }
    }

    /// <summary>Null when the client has no more of them, or sent what is none.</summary>
    private async Task<byte[]?> ReadQuestionAsync()
    {
        using CancellationTokenSource silence = new(options.ConnectionIdleTime, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, _aborted.Token);
        byte[] head = new byte[LengthOctets];
        if (await socket.ReceiveAsync(head, either.Token).ConfigureAwait(false) is not (> 0 and int first))
        {
            return null;
        }

        await FillAsync(head.AsMemory(first), either.Token).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadUInt16BigEndian(head);
        if (length is < DnsHeader.Length or > MaxQuestion)
        {
            return null;
        }

        byte[] question = new byte[length];
        await FillAsync(question, either.Token).ConfigureAwait(false);
        await _free.WaitAsync(either.Token).ConfigureAwait(false);
        return question;
    }

    private void Ask(byte[] question) => loop.Post(() =>
    {
        if (!engine.OnQuestion(network, this, peer, question))
        {
            // Not a question at all: nothing sensible can follow.
            _answers.Writer.TryComplete(new EndOfStreamException("no question"));
        }
    });

    /// <summary>A client may end its own direction and still wait for answers.</summary>
    private async Task FinishAsync()
    {
        using CancellationTokenSource patience = new(options.ConnectionIdleTime, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _aborted.Token);
        for (int i = 0; i < MaxPending; i++)
        {
            await _free.WaitAsync(either.Token).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (byte[] framed in _answers.Reader.ReadAllAsync(_aborted.Token).ConfigureAwait(false))
            {
                using CancellationTokenSource patience = new(options.ConnectionIdleTime, clock);
                using CancellationTokenSource either =
                    CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _aborted.Token);
                for (int sent = 0; sent < framed.Length;)
                {
                    sent += await socket.SendAsync(framed.AsMemory(sent), either.Token).ConfigureAwait(false);
                }

                _free.Release();
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or EndOfStreamException)
        {
            await _aborted.CancelAsync().ConfigureAwait(false); // who cannot be answered is not read either
        }
    }

    private async Task FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int count = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new EndOfStreamException("closed in the middle of a question");
            }

            buffer = buffer[count..];
        }
    }
}
