using System.Runtime.InteropServices;
using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Datagrams that wait for the end of a batch, then go out with one sendmmsg per socket. A fixed number of slots per loop;
/// when all are taken, what waits is sent at once. The loop's thread only.
/// </summary>
internal sealed unsafe class SendQueue : IDisposable
{
    public const int Capacity = 128;

    /// <summary>Octets of the largest datagram sent: more than any Ethernet guest's MTU carries unfragmented.</summary>
    public const int MaxLength = 2048;

    private const int None = -1;

    private readonly Libc.MessageVector* _messages = Allocate<Libc.MessageVector>(Capacity);
    private readonly Libc.IoVector* _parts = Allocate<Libc.IoVector>(Capacity);
    private readonly byte* _payloads = Allocate<byte>(Capacity * MaxLength);
    private readonly byte* _names = Allocate<byte>(Capacity * NetEndpoint.MaxSocketAddressLength);
    private readonly byte* _controls = Allocate<byte>(Capacity * PacketInfo.MaxLength);
    private readonly Slot[] _slots = new Slot[Capacity];
    private readonly List<DatagramSocket> _waiting = [];
    private int _firstFree;

    public SendQueue()
    {
        for (int i = 0; i < Capacity; i++)
        {
            _slots[i].Next = i + 1 < Capacity ? i + 1 : None;
        }
    }

    /// <summary>The buffer of the next datagram; another call before <see cref="Commit"/> gives the same one.</summary>
    public Span<byte> Rent()
    {
        if (_firstFree == None)
        {
            Flush();
        }

        return new Span<byte>(Payload(_firstFree), MaxLength);
    }

    /// <summary>Queues what was written to the buffer that <see cref="Rent"/> gave.</summary>
    public void Commit(DatagramSocket socket, int length, NetEndpoint to, NetAddress from, int interfaceIndex)
    {
        int slot = _firstFree;
        _firstFree = _slots[slot].Next;
        _slots[slot] = new Slot
        {
            Next = None,
            Length = length,
            NameLength = to.ToSocketAddress(new Span<byte>(Name(slot), NetEndpoint.MaxSocketAddressLength)),
            ControlLength = PacketInfo.Write(
                new Span<byte>(Control(slot), PacketInfo.MaxLength), to.Address.IsV6, from, interfaceIndex),
        };

        if (socket.PendingFirst == None)
        {
            socket.PendingFirst = slot;
            _waiting.Add(socket);
        }
        else
        {
            _slots[socket.PendingLast].Next = slot;
        }

        socket.PendingLast = slot;
    }

    public void Flush()
    {
        foreach (DatagramSocket socket in _waiting)
        {
            Send(socket);
            Free(socket);
        }

        _waiting.Clear();
    }

    /// <summary>The same for one socket.</summary>
    public void Flush(DatagramSocket socket)
    {
        if (_waiting.Remove(socket))
        {
            Send(socket);
            Free(socket);
        }
    }

    /// <summary>Drops what waits for a socket that is about to close.</summary>
    public void Forget(DatagramSocket? socket)
    {
        if (socket is not null && _waiting.Remove(socket))
        {
            Free(socket);
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_parts);
        NativeMemory.Free(_payloads);
        NativeMemory.Free(_names);
        NativeMemory.Free(_controls);
    }

    private void Send(DatagramSocket socket)
    {
        int count = 0;
        for (int slot = socket.PendingFirst; slot != None; slot = _slots[slot].Next)
        {
            ref readonly Slot waiting = ref _slots[slot];
            _parts[count] = new Libc.IoVector { Base = Payload(slot), Length = (nuint)waiting.Length };
            _messages[count] = new Libc.MessageVector
            {
                Name = Name(slot),
                NameLength = (uint)waiting.NameLength,
                Parts = _parts + count,
                PartCount = 1,
                Control = waiting.ControlLength > 0 ? Control(slot) : null,
                ControlLength = (nuint)waiting.ControlLength,
            };
            count++;
        }

        int done = 0;
        while (done < count)
        {
            int sent = Libc.SendMany(socket.Descriptor, _messages + done, (uint)(count - done), Libc.MsgDontWait | Libc.MsgNoSignal);
            if (sent > 0)
            {
                done += sent;
                continue;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno == Libc.Eintr)
            {
                continue;
            }

            ref readonly Libc.MessageVector failed = ref _messages[done];
            socket.SendFailed(
                NetEndpoint.FromSocketAddress(new ReadOnlySpan<byte>(failed.Name, (int)failed.NameLength)),
                new ReadOnlySpan<byte>(failed.Parts->Base, (int)failed.Parts->Length),
                errno);

            // A full socket buffer means the same for all that follow; anything else is this receiver's own trouble.
            done = errno == Libc.Eagain ? count : done + 1;
        }
    }

    private void Free(DatagramSocket socket)
    {
        _slots[socket.PendingLast].Next = _firstFree;
        _firstFree = socket.PendingFirst;
        socket.PendingFirst = None;
    }

    private byte* Payload(int slot) => _payloads + (slot * MaxLength);

    private byte* Name(int slot) => _names + (slot * NetEndpoint.MaxSocketAddressLength);

    private byte* Control(int slot) => _controls + (slot * PacketInfo.MaxLength);

    private static T* Allocate<T>(int count)
        where T : unmanaged => (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));

    private struct Slot
    {
        public int Next;
        public int Length;
        public int NameLength;
        public int ControlLength;
    }
}
