using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>Hears ARP replies on all interfaces; the kernel filters out everything else.</summary>
internal sealed unsafe class ArpListener
{
    private const int MaxFrame = 64;
    private const int MaxPerTurn = 256;

    // The operation of an ARP message behind its Ethernet header is "reply".
    private static readonly Libc.FilterStep[] Replies =
    [
        new(Bpf.LoadHalf, 0, 0, 20),
        new(Bpf.JumpIfEqual, 0, 1, 2),
        new(Bpf.Return, 0, 0, MaxFrame),
        new(Bpf.Return, 0, 0, 0),
    ];

    private readonly FileDescriptor _socket;

    public ArpListener()
    {
        // The protocol in network order: nothing arrives before the filter stands, for 0 means none.
        _socket = Libc.Checked(
            Libc.Socket(Libc.AfPacket, Libc.SockRaw | Libc.SockNonBlocking | Libc.SockCloseOnExec, 0), "socket(AF_PACKET)");
        try
        {
            Libc.AttachFilter(_socket, Replies);
            byte* address = stackalloc byte[20]; // struct sockaddr_ll, any interface
            new Span<byte>(address, 20).Clear();
            *(ushort*)address = Libc.AfPacket;
            address[2] = 0x08;
            address[3] = 0x06;
            Libc.Check(Libc.Bind(_socket, address, 20), "bind(AF_PACKET)");
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public FileDescriptor Descriptor => _socket;

    /// <summary>Called for each frame with the index of its interface; the frame is borrowed.</summary>
    public delegate void FrameHandler(int interfaceIndex, ReadOnlySpan<byte> frame);

    /// <summary>Hands over what has arrived.</summary>
    public void Read(FrameHandler handler)
    {
        byte* frame = stackalloc byte[MaxFrame];
        byte* address = stackalloc byte[20];
        for (int i = 0; i < MaxPerTurn; i++)
        {
            uint addressLength = 20;
            nint length = Libc.ReceiveFrom(_socket, frame, MaxFrame, Libc.MsgDontWait, address, &addressLength);
            if (length < 0)
            {
                return;
            }

            handler(*(int*)(address + 4), new ReadOnlySpan<byte>(frame, (int)length));
        }
    }
}
