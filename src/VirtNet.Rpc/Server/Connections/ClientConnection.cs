using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Server.Connections;

/// <summary>
/// One client: a loop that reads packets and starts calls, and a loop that sends. Owns the socket. Calls that concern
/// the connection end before the next packet is read; calls that change networks follow each other; queries run beside
/// everything. A call holds one of the connection's slots until its reply was sent, and without a free slot nothing is
/// read.
/// </summary>
internal sealed class ClientConnection : IEventSink, IAsyncDisposable
{
    private readonly long _id;
    private readonly Socket _socket;
    private readonly Dispatcher _dispatcher;
    private readonly ServerServices _services;
    private readonly ILogger _logger;
    private readonly ClientSession _session;
    private readonly CallContext _context;
    private readonly PacketReader _reader;
    private readonly OutgoingQueue _outgoing;
    private readonly SemaphoreSlim _slots;
    private readonly ConnectionEnd _end = new();
    private KeepAliveMonitor? _keepAlive;
    private Task _lastChange = Task.CompletedTask;

    public ClientConnection(
        long id, Socket socket, UnixPeer peer, UserShare share, bool readOnly, Dispatcher dispatcher, ServerServices services)
    {
        _id = id;
        _socket = socket;
        _dispatcher = dispatcher;
        _services = services;
        _logger = services.Logger;
        _session = new ClientSession(peer, readOnly, isAuthenticated: services.Authority is null);
        _context = new CallContext(_session, share, services, Events: this, StartKeepAlive);
        _reader = new PacketReader(
            socket, readOnly ? ServerLimits.ReadOnlyPayload : ServerLimits.Payload, services.LargePackets);
        _outgoing = new OutgoingQueue(socket, share, services.Options.SendTimeout, services.TimeProvider, _end);
        _slots = new SemaphoreSlim(services.Options.MaxClientRequests);
    }

    /// <summary>Serves the client until either side ends the connection. Never fails.</summary>
    public async Task RunAsync()
    {
        _logger.Connected(_id, _session.Peer.ProcessId, _session.Peer.UserId, _session.IsReadOnly);
        await using ITimer? authenticationTimer = StartAuthenticationTimer();
        Task sending = _outgoing.RunAsync();
        string reason = await ReadLoopAsync();
        _services.Hub.Remove(this);
        await FinishCallsAsync();
        _outgoing.Complete();
        await sending;
        if (_end.DropReason is { } dropReason && _services.ClientLog.TakeTurn())
        {
            _logger.Dropped(_id, _session.Peer.ProcessId, _session.Peer.UserId, dropReason);
        }
        else
        {
            _logger.Disconnected(_id, _end.DropReason ?? reason);
        }
    }

    /// <summary>To be called when <see cref="RunAsync"/> has returned.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_keepAlive is not null)
        {
            await _keepAlive.DisposeAsync();
        }

        await _end.DisposeAsync();
        _reader.Dispose();
        _slots.Dispose();
        _socket.Dispose();
    }

    /// <summary>
    /// Reads no further calls; those that run end, their replies are sent, then the connection closes.
    /// </summary>
    public void Drain() => _end.StopReading();

    /// <summary>Ends the connection now; only changes that have begun are waited for.</summary>
    public void Abort() => _end.Drop("the server stops");

    public void Send(OutgoingPacket packet) => _outgoing.EnqueueMessage(packet);

    public void Drop(string reason) => _end.Drop(reason);

    /// <summary>Gives the reason for its end.</summary>
    private async Task<string> ReadLoopAsync()
    {
        try
        {
            while (true)
            {
                switch (await _reader.ReadAsync(_end.Reading))
                {
                    case PacketReadStatus.EndOfStream:
                        return "end of file";
                    case PacketReadStatus.Malformed:
                        return "malformed packet";
                }

                _keepAlive?.PacketReceived();
                if (!await HandleAsync(_reader.Header, _reader.Payload))
                {
                    return "closed by the client";
                }
            }
        }
        catch (OperationCanceledException)
        {
            return "the server stops";
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return e.Message;
        }
        catch (Exception e)
        {
            _logger.ConnectionFailed(_id, e);
            return "internal error";
        }
    }

    /// <summary>False after the last call of the connection.</summary>
    private ValueTask<bool> HandleAsync(PacketHeader header, ReadOnlyMemory<byte> payload)
    {
        switch (header.Type)
        {
            case PacketType.Call:
                return HandleCallAsync(header, payload);
            case PacketType.CallWithDescriptors:
                return HandleCallWithDescriptorsAsync(header, payload);
            case PacketType.Message when header is
                { Program: RpcPrograms.KeepAlive, Procedure: (int)KeepAliveProcedure.Ping }:
                SendKeepAlive(KeepAliveProcedure.Pong);
                break;
        }

        return ValueTask.FromResult(true); // replies, streams and other messages have no meaning here
    }

    /// <summary>
    /// No procedure here takes descriptors. They are dropped: reading their data bytes without asking for control
    /// messages lets the kernel close them.
    /// </summary>
    private ValueTask<bool> HandleCallWithDescriptorsAsync(PacketHeader header, ReadOnlyMemory<byte> payload)
    {
        XdrReader reader = new(payload.Span);
        uint count = reader.ReadUInt32();
        if (reader.Failed || count > RpcLimits.Descriptors)
        {
            return ValueTask.FromResult(false); // nobody knows where the next packet would begin
        }

        _reader.DiscardAfterCurrent((int)count);
        return HandleCallAsync(header, payload[sizeof(uint)..]);
    }

    private async ValueTask<bool> HandleCallAsync(PacketHeader header, ReadOnlyMemory<byte> payload)
    {
        await TakeSlotAsync();
        PreparedCall call = _dispatcher.Prepare(_session, header, payload.Span, _reader.PayloadDropped);
        Task answering = call.Kind == CallKind.Change
            ? _lastChange = AnswerAfterAsync(_lastChange, call)
            : AnswerAsync(call, _end.Dropped);

        // A large call keeps its memory while it runs, and its connection waits with it. Others go on by themselves:
        // their slots are what the connection's end waits for.
        if (call.Kind == CallKind.Connection || payload.Length > LargePacketBudget.FreeSize)
        {
            await WithoutKeepAliveAsync(answering);
        }

        return call.Procedure?.ApiName != RemoteProcedures.Close.ApiName;
    }

    private async Task AnswerAfterAsync(Task earlierChange, PreparedCall call)
    {
        await earlierChange;

        // A change that was asked for is made, also when who asked is gone.
        await AnswerAsync(call, _services.ChangesAborted);
    }

    private async Task AnswerAsync(PreparedCall call, CancellationToken cancellationToken) =>
        _outgoing.EnqueueReply(await _dispatcher.RunAsync(call, _context, cancellationToken), _slots);

    private async ValueTask TakeSlotAsync()
    {
        if (_slots.Wait(TimeSpan.Zero))
        {
            return;
        }

        await WithoutKeepAliveAsync(_slots.WaitAsync(_end.Reading));
    }

    /// <summary>While nobody reads, the client may be answering PINGs all along.</summary>
    private async Task WithoutKeepAliveAsync(Task task)
    {
        _keepAlive?.Pause(true);
        await task;
        _keepAlive?.Pause(false);
    }

    private ITimer? StartAuthenticationTimer() => _session.IsAuthenticated
        ? null
        : _services.TimeProvider.CreateTimer(
            _ => DropUnlessAuthenticated(), null, _services.Options.AuthenticationTimeout, Timeout.InfiniteTimeSpan);

    private void DropUnlessAuthenticated()
    {
        if (!_session.IsAuthenticated)
        {
            _end.Drop("it did not authenticate");
        }
    }

    private async Task FinishCallsAsync()
    {
        for (int i = 0; i < _services.Options.MaxClientRequests; i++)
        {
            await _slots.WaitAsync();
        }
    }

    private void StartKeepAlive()
    {
        RpcServerOptions options = _services.Options;
        if (_keepAlive is null && options.KeepAliveInterval > TimeSpan.Zero)
        {
            _keepAlive = new KeepAliveMonitor(
                _services.TimeProvider,
                options.KeepAliveInterval,
                options.KeepAliveCount,
                sendPing: () => SendKeepAlive(KeepAliveProcedure.Ping),
                giveUp: () => _end.Drop("it does not answer"));
        }
    }

    private void SendKeepAlive(KeepAliveProcedure procedure)
    {
        PacketHeader header = new(
            RpcPrograms.KeepAlive, RpcPrograms.Version, (int)procedure, PacketType.Message, Serial: 0, PacketStatus.Ok);
        OutgoingPacket.TryEncode(header, Nothing.Value, out OutgoingPacket packet);
        Send(packet);
    }
}
