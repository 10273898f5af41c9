using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Client;

/// <summary>Called by the read loop for every event of a program; must not block. The payload is borrowed.</summary>
internal delegate void EventHandler(PacketHeader header, ReadOnlySpan<byte> payload);

/// <summary>
/// The packets of one client connection: numbers calls, finds each reply's call whatever the order, answers PINGs,
/// passes events on. Any number of calls may be outstanding. Owns the socket.
/// </summary>
internal sealed class ClientChannel : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly TimeProvider _timeProvider;
    private readonly EventHandler _onEvent;
    private readonly Action _onClosed;
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, PendingCall> _pending = [];
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<ConnectionCloseReason> _closed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Task _readLoop;
    private KeepAliveMonitor? _keepAlive;
    private Task _lastPing = Task.CompletedTask;
    private uint _nextSerial;
    private bool _isClosed;

    /// <param name="onClosed">Called once, when the connection has ended.</param>
    public ClientChannel(Socket socket, TimeProvider timeProvider, EventHandler onEvent, Action onClosed)
    {
        _socket = socket;
        _timeProvider = timeProvider;
        _onEvent = onEvent;
        _onClosed = onClosed;
        _readLoop = ReadLoopAsync();
    }

    /// <summary>Ends, never failing, when the connection has ended.</summary>
    public Task<ConnectionCloseReason> Closed => _closed.Task;

    public void StartKeepAlive(TimeSpan interval, int count) => _keepAlive = new KeepAliveMonitor(
        _timeProvider,
        interval,
        count,
        sendPing: () => _lastPing = SendKeepAliveAsync(KeepAliveProcedure.Ping).AsTask(),
        giveUp: () => Close(ConnectionCloseReason.KeepAlive, ClientErrors.KeepAliveTimeout()));

    /// <summary>
    /// Sends a call and waits for its reply. Cancelling stops the waiting only: the server goes on with the call.
    /// </summary>
    /// <exception cref="VirtNetException">The server's error, or the end of the connection.</exception>
    public async Task<TResult> CallAsync<TArguments, TResult>(
        Procedure<TArguments, TResult> procedure, TArguments arguments, CancellationToken cancellationToken)
        where TArguments : IXdrMessage<TArguments>
        where TResult : IXdrMessage<TResult>
    {
        cancellationToken.ThrowIfCancellationRequested();
        PendingCall<TResult> call = new(procedure.Program, procedure.Number);
        uint serial = Register(call);
        PacketHeader header = new(
            procedure.Program, RpcPrograms.Version, procedure.Number, PacketType.Call, serial, PacketStatus.Ok);
        if (!OutgoingPacket.TryEncode(header, arguments, out OutgoingPacket packet))
        {
            Forget(serial);
            throw ClientErrors.UnencodableCall();
        }

        try
        {
            await SendAsync(packet);
        }
        catch (VirtNetException)
        {
            Forget(serial);
            throw;
        }

        await using (cancellationToken.Register(() => call.Cancel(cancellationToken)))
        {
            return await call.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Close(ConnectionCloseReason.Client, ClientErrors.Closed());
        await _readLoop;
        if (_keepAlive is not null)
        {
            await _keepAlive.DisposeAsync();
        }

        await _lastPing;
        _stop.Dispose();
        _socket.Dispose();
    }

    private async Task ReadLoopAsync()
    {
        using PacketReader reader = new(_socket, maxPayload: RpcLimits.Packet);
        try
        {
            while (true)
            {
                switch (await reader.ReadAsync(_stop.Token))
                {
                    case PacketReadStatus.Packet:
                        _keepAlive?.PacketReceived();
                        await HandleAsync(reader.Header, reader.Payload);
                        break;
                    case PacketReadStatus.EndOfStream:
                        Close(ConnectionCloseReason.EndOfFile, ClientErrors.EndOfFile());
                        return;
                    default:
                        Close(ConnectionCloseReason.Error, ClientErrors.MalformedPacket());
                        return;
                }
            }
        }
        catch (SocketException e)
        {
            Close(ConnectionCloseReason.Error, ClientErrors.ReadFailed(e));
        }
        catch (VirtNetException e)
        {
            Close(ConnectionCloseReason.Error, e);
        }
        catch (OperationCanceledException)
        {
            // closed by this side
        }
    }

    private ValueTask HandleAsync(PacketHeader header, ReadOnlyMemory<byte> payload)
    {
        switch (header.Type)
        {
            case PacketType.Reply:
                PendingCall? call = Forget(header.Serial);
                if (call?.Matches(header) != true)
                {
                    call?.Fail(ClientErrors.UndecodableReply());
                    throw ClientErrors.UnexpectedReply(header.Program, header.Version, header.Serial);
                }

                call.Complete(header, payload.Span);
                break;
            case PacketType.Message when header.Program != RpcPrograms.KeepAlive:
                _onEvent(header, payload.Span);
                break;
            case PacketType.Message when header.Procedure == (int)KeepAliveProcedure.Ping:
                return SendKeepAliveAsync(KeepAliveProcedure.Pong);
        }

        return ValueTask.CompletedTask; // whatever else there may be is not for us
    }

    private uint Register(PendingCall call)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                throw ClientErrors.Closed();
            }

            uint serial = _nextSerial++;
            _pending.Add(serial, call);
            return serial;
        }
    }

    private PendingCall? Forget(uint serial)
    {
        lock (_lock)
        {
            _pending.Remove(serial, out PendingCall? call);
            return call;
        }
    }

    private async ValueTask SendKeepAliveAsync(KeepAliveProcedure procedure)
    {
        PacketHeader header = new(
            RpcPrograms.KeepAlive, RpcPrograms.Version, (int)procedure, PacketType.Message, Serial: 0, PacketStatus.Ok);
        OutgoingPacket.TryEncode(header, Nothing.Value, out OutgoingPacket packet);
        try
        {
            await SendAsync(packet);
        }
        catch (VirtNetException)
        {
            // The read loop comes upon the end of the connection and tells everybody.
        }
    }

    private async ValueTask SendAsync(OutgoingPacket packet)
    {
        try
        {
            await _sending.WaitAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            packet.Release();
            throw ClientErrors.Closed();
        }

        try
        {
            ReadOnlyMemory<byte> rest = packet.Bytes;
            while (rest.Length > 0)
            {
                rest = rest[await _socket.SendAsync(rest, _stop.Token)..];
            }
        }
        catch (OperationCanceledException)
        {
            throw ClientErrors.Closed();
        }
        catch (SocketException e)
        {
            throw ClientErrors.WriteFailed(e);
        }
        finally
        {
            _sending.Release();
            packet.Release();
        }
    }

    /// <summary>The first reason counts; every call that waits, and every later one, fails.</summary>
    private void Close(ConnectionCloseReason reason, VirtNetException exception)
    {
        PendingCall[] waiting;
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            waiting = [.. _pending.Values];
            _pending.Clear();
        }

        foreach (PendingCall call in waiting)
        {
            call.Fail(exception);
        }

        _closed.SetResult(reason);
        _onClosed();
        _stop.Cancel();
    }
}
