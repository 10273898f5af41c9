using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Sends whole Ethernet frames through any interface, many with one system call. One for all networks: an interface that
/// is made anew only has another index. Not safe for several threads.
/// </summary>
internal sealed unsafe class PacketSender : IDisposable
{
    /// <summary>Largest frame, without the checksum the card adds.</summary>
    public const int MaxLength = 1514;

    private const int Capacity = 64;
    private const int AddressLength = 20; // struct sockaddr_ll

    /// <summary>Protocol 0: it receives nothing. Opened before there is memory to be given back.</summary>
    private readonly FileDescriptor _socket = Libc.Checked(
        Libc.Socket(Libc.AfPacket, Libc.SockRaw | Libc.SockNonBlocking | Libc.SockCloseOnExec, 0), "socket(AF_PACKET)");

    private readonly ILogger _logger;
    private readonly Libc.MessageVector* _messages = Allocate<Libc.MessageVector>(Capacity);
    private readonly Libc.IoVector* _parts = Allocate<Libc.IoVector>(Capacity);
    private readonly byte* _frames = Allocate<byte>(Capacity * MaxLength);
    private readonly byte* _addresses = Allocate<byte>(Capacity * AddressLength);
    private int _count;

    public PacketSender(ILogger logger)
    {
        _logger = logger;
        for (int i = 0; i < Capacity; i++)
        {
            _parts[i].Base = _frames + (i * MaxLength);
            byte* address = _addresses + (i * AddressLength);
            *(ushort*)address = Libc.AfPacket;
            _messages[i].Name = address;
            _messages[i].NameLength = AddressLength;
            _messages[i].Parts = _parts + i;
            _messages[i].PartCount = 1;
        }
    }

    public long Sent { get; private set; }

    public long Failures { get; private set; }

    /// <summary>Queues one frame; it leaves with <see cref="Flush"/>, or earlier.</summary>
    public void Send(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, MaxLength);
        if (_count == Capacity)
        {
            Flush();
        }

        byte* address = _addresses + (_count * AddressLength);
        frame.Slice(12, 2).CopyTo(new Span<byte>(address + 2, 2)); // the protocol, in network order
        *(int*)(address + 4) = interfaceIndex;
        frame.CopyTo(new Span<byte>(_frames + (_count * MaxLength), MaxLength));
        _parts[_count].Length = (nuint)frame.Length;
        _count++;
    }

    public void Flush()
    {
        int done = 0;
        while (done < _count)
        {
            int sent = Libc.SendMany(_socket, _messages + done, (uint)(_count - done), Libc.MsgDontWait);
            if (sent > 0)
            {
                Sent += sent;
                done += sent;
                continue;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno == Libc.Eintr)
            {
                continue;
            }

            // A full queue means the same for all that follow; anything else, such as a bridge that has just gone, is
            // the trouble of this frame.
            int lost = errno == Libc.Eagain ? _count - done : 1;
            Failures += lost;
            _logger.FrameNotSent(*(int*)(_addresses + (done * AddressLength) + 4), errno);
            done += lost;
        }

        _count = 0;
    }

    /// <summary>The MAC of an interface; null if there is none of this name or it is no Ethernet.</summary>
    public byte[]? FindMac(string interfaceName)
    {
        byte* request = stackalloc byte[40]; // struct ifreq
        Span<byte> fields = new(request, 40);
        fields.Clear();
        if (!System.Text.Encoding.UTF8.TryGetBytes(interfaceName, fields[..15], out _)
            || Libc.Control(_socket, Libc.GetHardwareAddress, request) < 0
            || BinaryPrimitives.ReadUInt16LittleEndian(fields[16..]) != 1)
        {
            return null;
        }

        return fields.Slice(18, 6).ToArray();
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_messages);
        NativeMemory.Free(_parts);
        NativeMemory.Free(_frames);
        NativeMemory.Free(_addresses);
    }

    private static T* Allocate<T>(int count)
        where T : unmanaged => (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));
}
