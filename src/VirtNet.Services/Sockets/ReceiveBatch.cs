using System.Runtime.InteropServices;
using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>
/// The buffers that recvmmsg fills: one set per loop, since one thread reads one socket at a time. Native memory, so that
/// the kernel may write to it without pinning.
/// </summary>
internal sealed unsafe class ReceiveBatch : IDisposable
{
    public const int Capacity = 64;

    /// <summary>Octets of the largest datagram taken; longer ones are dropped whole.</summary>
    public const int MaxLength = 4096;

    /// <summary>Room for one struct in6_pktinfo or tpacket_auxdata with its header.</summary>
    private const int ControlLength = 64;

    private readonly Libc.MessageVector* _messages = Allocate<Libc.MessageVector>(Capacity);
    private readonly Libc.IoVector* _parts = Allocate<Libc.IoVector>(Capacity);
    private readonly byte* _payloads = Allocate<byte>(Capacity * MaxLength);
    private readonly byte* _names = Allocate<byte>(Capacity * NetEndpoint.MaxSocketAddressLength);
    private readonly byte* _controls = Allocate<byte>(Capacity * ControlLength);
    private int _used = Capacity;

    public ReceiveBatch()
    {
        for (int i = 0; i < Capacity; i++)
        {
            _parts[i].Base = _payloads + (i * MaxLength);
            _parts[i].Length = MaxLength;
            _messages[i].Name = _names + (i * NetEndpoint.MaxSocketAddressLength);
            _messages[i].Parts = _parts + i;
            _messages[i].PartCount = 1;
            _messages[i].Control = _controls + (i * ControlLength);
        }
    }

    /// <summary>Reads what is there without waiting; 0 when nothing is, or when the socket reports an error instead.</summary>
    public int Receive(FileDescriptor socket) => Receive(socket, Libc.MsgDontWait);

    /// <summary>
    /// Reads datagrams of this socket's own that came back as undeliverable: their payload, and as peer whom they were for.
    /// </summary>
    public int ReceiveUndelivered(FileDescriptor socket) => Receive(socket, Libc.MsgDontWait | Libc.MsgErrorQueue);

    /// <summary>False for a datagram that was cut off, has no sender, or is no datagram at all.</summary>
    public bool TryGet(int index, out Datagram datagram)
    {
        ref Libc.MessageVector message = ref _messages[index];
        ReadOnlySpan<byte> name = new(message.Name, (int)message.NameLength);
        ReadOnlySpan<byte> control = new(message.Control, (int)message.ControlLength);
        datagram = default;
        if ((message.Flags & Libc.MsgTruncated) != 0)
        {
            return false;
        }

        ReadOnlySpan<byte> octets = new(message.Parts->Base, (int)message.Received);
        if (PacketDatagram.IsOne(name))
        {
            return PacketDatagram.TryRead(name, control, octets, out datagram);
        }

        NetEndpoint peer = NetEndpoint.FromSocketAddress(name);
        if (peer.Address.IsNone)
        {
            return false;
        }

        PacketInfo.Read(control, out NetAddress destination, out int interfaceIndex);
        datagram = new Datagram(octets, peer, destination, interfaceIndex);
        return true;
    }

    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_parts);
        NativeMemory.Free(_payloads);
        NativeMemory.Free(_names);
        NativeMemory.Free(_controls);
    }

    private int Receive(FileDescriptor socket, int flags)
    {
        for (int i = 0; i < _used; i++)
        {
            _messages[i].NameLength = NetEndpoint.MaxSocketAddressLength;
            _messages[i].ControlLength = ControlLength;
            _messages[i].Flags = 0;
        }

        _used = Math.Max(0, Libc.ReceiveMany(socket, _messages, Capacity, flags, timeout: null));
        return _used;
    }

    private static T* Allocate<T>(int count)
        where T : unmanaged => (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));
}
