using System.Buffers.Binary;
using System.Net.Sockets;
using VirtNet.Rpc.Protocol;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Transport;

/// <summary>How <see cref="PacketReader.ReadAsync"/> ended.</summary>
internal enum PacketReadStatus
{
    Packet,
    EndOfStream,

    /// <summary>
    /// A length word that no packet has. There is no way back into step: the connection must be closed.
    /// </summary>
    Malformed,
}

/// <summary>
/// Cuts a byte stream into packets. One packet is current at a time; its <see cref="Payload"/> lies in the reader's
/// buffer and is valid until the next read. Without a budget, memory follows what has arrived, not
/// what a length word claims; after a large packet it goes back to a small buffer.
/// </summary>
/// <param name="maxPayload">
/// A larger payload, though legal, is thrown away as it arrives; the packet then shows <see cref="PayloadDropped"/>.
/// </param>
/// <param name="budget">Shared by all connections of a server; null for none.</param>
internal sealed class PacketReader(Socket socket, int maxPayload, LargePacketBudget? budget = null) : IDisposable
{
    private const int SmallBuffer = 4096;

    private byte[] _buffer = PacketBuffers.Rent(SmallBuffer);
    private int _start;
    private int _end;
    private int _current; // bytes of the current packet in the buffer
    private int _discard; // bytes that come before the next packet
    private LargePacketBudget.Reservation? _reservation;

    public PacketHeader Header { get; private set; }

    public ReadOnlyMemory<byte> Payload { get; private set; }

    public bool PayloadDropped { get; private set; }

    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="TimeoutException">A large packet took too long to arrive.</exception>
    public async ValueTask<PacketReadStatus> ReadAsync(CancellationToken cancellationToken)
    {
        ForgetCurrent();
        if (!await DiscardAsync(cancellationToken)
            || !await FillAsync(PacketHeader.LengthSize, cancellationToken))
        {
            return PacketReadStatus.EndOfStream;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));
        if (length is < PacketHeader.Size or > RpcLimits.Packet)
        {
            return PacketReadStatus.Malformed;
        }

        if (!await FillAsync(PacketHeader.Size, cancellationToken))
        {
            return PacketReadStatus.EndOfStream;
        }

        Header = ParseHeader();
        PayloadDropped = length - PacketHeader.Size > maxPayload;
        if (PayloadDropped)
        {
            _current = PacketHeader.Size;
            _discard = (int)length - PacketHeader.Size;
            Payload = default;
            return PacketReadStatus.Packet;
        }

        if (!await FillWholeAsync((int)length, cancellationToken))
        {
            return PacketReadStatus.EndOfStream;
        }

        _current = (int)length;
        Payload = _buffer.AsMemory(_start + PacketHeader.Size, _current - PacketHeader.Size);
        return PacketReadStatus.Packet;
    }

    /// <summary>Bytes that follow the current packet and belong to it: one for each descriptor passed along.</summary>
    public void DiscardAfterCurrent(int count) => _discard += count;

    public void Dispose()
    {
        _reservation?.Dispose();
        PacketBuffers.Return(_buffer);
        _buffer = [];
    }

    private PacketHeader ParseHeader()
    {
        XdrReader reader = new(_buffer.AsSpan(_start..(_start + PacketHeader.Size))[PacketHeader.LengthSize..]);
        return PacketHeader.Read(ref reader);
    }

    private void ForgetCurrent()
    {
        Payload = default;
        _start += _current;
        _current = 0;
        if (_start == _end)
        {
            _start = _end = 0;
            if (_buffer.Length > SmallBuffer)
            {
                PacketBuffers.Return(_buffer);
                _buffer = PacketBuffers.Rent(SmallBuffer);
            }
        }

        _reservation?.Dispose();
        _reservation = null;
    }

    private async ValueTask<bool> DiscardAsync(CancellationToken cancellationToken)
    {
        while (_discard > 0)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
                if (_end == 0)
                {
                    return false;
                }
            }

            int taken = Math.Min(_discard, _end - _start);
            _start += taken;
            _discard -= taken;
        }

        return true;
    }

    private async ValueTask<bool> FillWholeAsync(int length, CancellationToken cancellationToken)
    {
        if (budget is null || length <= LargePacketBudget.FreeSize || _end - _start >= length)
        {
            return await FillAsync(length, cancellationToken);
        }

        _reservation = await budget.AcquireAsync(length, cancellationToken);
        try
        {
            return await FillAsync(length, _reservation.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("a large packet did not arrive in time");
        }
    }

    /// <summary>
    /// Receives until <paramref name="count"/> bytes lie behind the start; false at the end of the stream.
    /// </summary>
    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            MakeRoom(count);

            // A packet that outgrew the small buffer is received up to its end and no further, so that the buffer is
            // empty, and can be given back, once the packet is done.
            int end = _buffer.Length > SmallBuffer ? Math.Min(_buffer.Length, _start + count) : _buffer.Length;
            int received = await socket.ReceiveAsync(_buffer.AsMemory(_end..end), cancellationToken);
            if (received == 0)
            {
                return false;
            }

            _end += received;
        }

        return true;
    }

    private void MakeRoom(int count)
    {
        if (_end < _buffer.Length && _start + count <= _buffer.Length)
        {
            return;
        }

        int have = _end - _start;
        if (have == _buffer.Length)
        {
            byte[] larger = PacketBuffers.Rent(_reservation is null ? Math.Min(count, 2 * _buffer.Length) : count);
            _buffer.AsSpan(_start, have).CopyTo(larger);
            PacketBuffers.Return(_buffer);
            _buffer = larger;
        }
        else if (_start > 0)
        {
            _buffer.AsSpan(_start, have).CopyTo(_buffer);
        }

        _start = 0;
        _end = have;
    }
}
