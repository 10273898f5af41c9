using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>One UDP or packet socket of a <see cref="DatagramLoop"/>. Sending is for the loop's thread only.</summary>
internal sealed class DatagramSocket : IReadySource, IAsyncDisposable
{
    /// <summary>A flooded socket gives the others their turn after this many batches.</summary>
    private const int MaxBatchesPerTurn = 4;

    /// <summary>Octets kept of a datagram that could not be sent: enough to know it again.</summary>
    private const int UndeliveredStart = 16;

    private readonly DatagramLoop _loop;
    private readonly DatagramHandler _handler;
    private readonly UndeliveredHandler? _undelivered;

    internal DatagramSocket(
        DatagramLoop loop, FileDescriptor descriptor, DatagramHandler handler, UndeliveredHandler? undelivered)
    {
        _loop = loop;
        _undelivered = undelivered;
        Descriptor = descriptor;
        _handler = handler;
        Local = ReadLocal(descriptor);
    }

    /// <summary>Address and port it is bound to, the port filled in where the kernel chose it; none for a packet socket.</summary>
    public NetEndpoint Local { get; }

    public long Received { get; private set; }

    public long Sent { get; private set; }

    /// <summary>Datagrams the kernel would not take: no route, a full buffer, a firewall.</summary>
    public long SendFailures { get; private set; }

    /// <summary>Datagrams that the kernel dropped because nobody took them in time. Safe on any thread.</summary>
    public unsafe long QueueOverflows
    {
        get
        {
            uint* values = stackalloc uint[Libc.MemoryInfoCount];
            uint length = Libc.MemoryInfoCount * sizeof(uint);
            try
            {
                return Libc.GetSocketOption(Descriptor, Libc.SolSocket, Libc.SoMemoryInfo, values, &length) == 0
                    ? values[Libc.MemoryInfoDrops]
                    : 0;
            }
            catch (ObjectDisposedException)
            {
                return 0; // closed just now
            }
        }
    }

    ulong IReadySource.Id { get; set; }

    internal FileDescriptor Descriptor { get; }

    internal bool IsKept { get; init; }

    internal int PendingFirst { get; set; } = -1;

    internal int PendingLast { get; set; } = -1;

    /// <summary>
    /// A buffer of <see cref="SendQueue.MaxLength"/> octets for one datagram, valid until it is sent or the handler
    /// returns. Rent, fill and send one at a time.
    /// </summary>
    public Span<byte> Rent() => _loop.Sending.Rent();

    /// <summary>
    /// Sends the first <paramref name="length"/> octets of the rented buffer at the end of the batch.
    /// <paramref name="from"/> and <paramref name="interfaceIndex"/> choose the source where the socket's own binding does
    /// not.
    /// </summary>
    public void Send(int length, NetEndpoint to, NetAddress from = default, int interfaceIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)SendQueue.MaxLength);
        Sent++;
        _loop.Sending.Commit(this, length, to, from, interfaceIndex);
    }

    /// <summary>Sends what waits for it now, for who is about to close it: that drops what waits.</summary>
    public void Flush() => _loop.Sending.Flush(this);

    /// <summary>Closes it at once; for the loop's thread only.</summary>
    public void Close() => _loop.Close(this, Descriptor);

    /// <summary>Closes it; its handler does not run any more once this has ended.</summary>
    public ValueTask DisposeAsync() => new(_loop.CloseAsync(this, Descriptor));

    void IReadySource.OnReadable()
    {
        if (_undelivered is not null)
        {
            ReadUndelivered(_undelivered);
        }

        for (int turn = 0; turn < MaxBatchesPerTurn; turn++)
        {
            int count = _loop.Receiving.Receive(Descriptor);
            _loop.ReceivedInTurn += count;
            for (int i = 0; i < count; i++)
            {
                Received++;
                if (_loop.Receiving.TryGet(i, out Datagram datagram))
                {
                    Handle(datagram);
                }
            }

            if (count < ReceiveBatch.Capacity)
            {
                return;
            }
        }
    }

    /// <param name="start">What was to be sent.</param>
    internal void SendFailed(NetEndpoint peer, ReadOnlySpan<byte> start, int errno)
    {
        SendFailures++;
        _loop.Logger.SendFailed(peer, errno);
        if (_undelivered is { } undelivered)
        {
            // Later: the owner may want to send again, and the queue is being emptied now.
            byte[] copy = start[..Math.Min(start.Length, UndeliveredStart)].ToArray();
            _loop.Post(() => undelivered(this, peer, interfaceIndex: 0, copy));
        }
    }

    /// <summary>An unread error would wake the loop again and again, so they come before datagrams.</summary>
    private void ReadUndelivered(UndeliveredHandler undelivered)
    {
        int count = _loop.Receiving.ReceiveUndelivered(Descriptor);
        for (int i = 0; i < count; i++)
        {
            if (_loop.Receiving.TryGet(i, out Datagram datagram))
            {
                undelivered(this, datagram.Peer, datagram.InterfaceIndex, datagram.Payload);
            }
        }
    }

    /// <summary>A handler that fails costs its own datagram, not the rest of the batch.</summary>
    private void Handle(in Datagram datagram)
    {
        try
        {
            _handler(this, datagram);
        }
        catch (Exception e)
        {
            _loop.ReportFailure(e);
        }
    }

    private static unsafe NetEndpoint ReadLocal(FileDescriptor descriptor)
    {
        uint length = NetEndpoint.MaxSocketAddressLength;
        byte* raw = stackalloc byte[(int)length];
        Libc.Check(Libc.GetSocketName(descriptor, raw, &length), "getsockname");
        return NetEndpoint.FromSocketAddress(new ReadOnlySpan<byte>(raw, (int)length));
    }
}
