using Microsoft.Win32.SafeHandles;
using VirtNet.Services.Sockets;
using VirtNet.Wire;
using VirtNet.Wire.Tftp;

namespace VirtNet.Services.Tftp;

/// <summary>
/// One file on its way to one client, from a socket of its own (RFC 1350 section 4). What is not acknowledged is sent
/// again on a timer only, never because of a repeated acknowledgement, so that duplicates cannot multiply.
/// </summary>
internal sealed class TftpTransfer
{
    private const int DefaultBlockSize = 512;
    private const int DefaultTimeoutSeconds = 1;
    private const int MaxAttempts = 6;
    private const int MaxWindow = 64;
    private const int UdpHeader = 8;

    private readonly SafeFileHandle _file;
    private readonly Action<TftpTransfer> _ended;
    private readonly TimeProvider _clock;
    private readonly long _begunAt;
    private readonly LoopTimer _timer;
    private readonly TimeSpan _timeout;
    private readonly TftpRequest _request;
    private readonly DatagramSocket _socket;
    private readonly int _blockSize;
    private readonly int _window;
    private readonly long _length;
    private readonly NetasciiBlocks? _text;
    private long _acknowledged; // blocks the client has; -1 = the options are not confirmed yet
    private long _blocks = long.MaxValue; // known when the last one was read, which is the first that is not full
    private int _attempts;

    /// <param name="mtu">Of the way to the client: a block must not need fragments, which firmware does not put together.</param>
    /// <param name="open">Opens the transfer's socket with the given handler.</param>
    /// <param name="ended">Called once, on the loop's thread.</param>
    public TftpTransfer(
        TftpRequest request,
        SafeFileHandle file,
        NetEndpoint client,
        int mtu,
        Func<DatagramHandler, DatagramSocket> open,
        DatagramLoop loop,
        TimeProvider clock,
        Action<TftpTransfer> ended)
    {
        _request = request;
        _file = file;
        Client = client;
        _clock = clock;
        _begunAt = clock.GetTimestamp();
        HeardAt = _begunAt;
        _ended = ended;
        _length = RandomAccess.GetLength(file);
        _blockSize = Math.Min(request.BlockSize ?? DefaultBlockSize, LargestBlock(client.Address, mtu));
        _window = Math.Min(request.WindowSize ?? 1, MaxWindow);
        _text = request.IsText ? new NetasciiBlocks(file, _window) : null;
        _timeout = TimeSpan.FromSeconds(request.TimeoutSeconds ?? DefaultTimeoutSeconds);
        _acknowledged = request.HasOptions ? -1 : 0;
        _timer = loop.CreateTimer(OnTimeout);
        _socket = open(OnDatagram);
    }

    public NetEndpoint Client { get; }

    /// <summary>Timestamp of the last acknowledgement that brought it forward, or of its begin.</summary>
    public long HeardAt { get; private set; }

    /// <summary>Whether this is what the client asks for once more, not having seen the answer.</summary>
    public bool IsRepeatedBy(TftpRequest request) => request == _request && HeardAt == _begunAt;

    /// <summary>Sends the first packets. On the loop's thread.</summary>
    public void Begin() => SendWindow();

    /// <summary>Gives everything back.</summary>
    public void End()
    {
        _timer.Stop();
        _file.Dispose();
        _socket.DisposeAsync().AsTask().GetAwaiter().GetResult(); // nothing to wait for on the loop's own thread
        _ended(this);
    }

    private static int LargestBlock(NetAddress client, int mtu)
    {
        int datagram = Math.Min(mtu - (client.IsV6 ? 40 : 20) - UdpHeader, SendQueue.MaxLength);
        return Math.Max(datagram - TftpPackets.DataHeaderLength, DefaultBlockSize);
    }

    private void OnDatagram(DatagramSocket socket, in Datagram datagram)
    {
        if (datagram.Peer != Client)
        {
            SendError(datagram.Peer, TftpError.UnknownTransfer, "unknown transfer");
            return;
        }

        if (!TftpPackets.TryParseAcknowledgement(datagram.Payload, out ushort block))
        {
            End(); // an error packet, or nonsense: the client is done with this transfer
            return;
        }

        // The number has 16 bits: of the blocks in the window, which one does it mean?
        long outstanding = Math.Max(_acknowledged, 0);
        long advanced = (ushort)(block - (ushort)outstanding);
        if ((advanced == 0 && _acknowledged >= 0) || advanced > _window)
        {
            return;
        }

        _acknowledged = outstanding + advanced;
        _attempts = 0;
        HeardAt = _clock.GetTimestamp();
        if (_acknowledged >= _blocks)
        {
            End();
            return;
        }

        if (_clock.GetElapsedTime(_begunAt) >= TftpLimits.Total)
        {
            End("this takes too long");
            return;
        }

        SendWindow();
    }

    private void OnTimeout()
    {
        if (++_attempts >= MaxAttempts || _clock.GetElapsedTime(HeardAt) >= TftpLimits.Idle)
        {
            End("this takes too long");
            return;
        }

        SendWindow();
    }

    /// <summary>Gives everything back, and tells the client why.</summary>
    private void End(string reason)
    {
        SendError(Client, TftpError.Undefined, reason);
        _socket.Flush(); // what waits for a socket goes with it
        End();
    }

    /// <summary>Sends what is due, and waits for the answer. A transfer that cannot go on ends: nobody else would end it.</summary>
    private void SendWindow()
    {
        try
        {
            SendDue();
        }
        catch (IOException)
        {
            End("the file cannot be read");
            return;
        }
        catch
        {
            End();
            throw;
        }

        TimeSpan left = TftpLimits.Idle - _clock.GetElapsedTime(HeardAt);
        _timer.Start(_timeout < left ? _timeout : left);
    }

    private void SendDue()
    {
        if (_acknowledged < 0)
        {
            SendOptions();
        }
        else
        {
            for (long block = _acknowledged + 1; block <= _acknowledged + _window && block <= _blocks; block++)
            {
                SendBlock(block);
            }
        }
    }

    private void SendBlock(long block)
    {
        Span<byte> buffer = _socket.Rent();
        WireWriter writer = new(buffer);
        TftpPackets.WriteDataHeader(ref writer, (ushort)block);
        Span<byte> data = buffer.Slice(TftpPackets.DataHeaderLength, _blockSize);
        int read = _text?.Read(block, data) ?? RandomAccess.Read(_file, data, (block - 1) * _blockSize);
        if (read < _blockSize)
        {
            _blocks = block;
        }

        _socket.Send(TftpPackets.DataHeaderLength + read, Client);
    }

    private void SendOptions()
    {
        WireWriter writer = new(_socket.Rent());
        TftpPackets.WriteOptionHeader(ref writer);
        if (_request.BlockSize is not null)
        {
            TftpPackets.WriteOption(ref writer, "blksize", _blockSize);
        }

        if (_request.TimeoutSeconds is { } seconds)
        {
            TftpPackets.WriteOption(ref writer, "timeout", seconds);
        }

        if (_request.WantsSize)
        {
            TftpPackets.WriteOption(ref writer, "tsize", _length);
        }

        if (_request.WindowSize is not null)
        {
            TftpPackets.WriteOption(ref writer, "windowsize", _window);
        }

        _socket.Send(writer.Position, Client);
    }

    private void SendError(NetEndpoint peer, TftpError error, string message)
    {
        WireWriter writer = new(_socket.Rent());
        TftpPackets.WriteError(ref writer, error, message);
        _socket.Send(writer.Position, peer);
    }
}
