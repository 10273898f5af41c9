using System.Buffers.Binary;
using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>Turns options into an open packet socket, which outlives this process.</summary>
internal static unsafe class PacketSocketOpener
{
    private const int AddressLength = 20; // struct sockaddr_ll

    /// <summary>
    /// Bound to one protocol it would hear after IP, which copies the head of each packet that somebody else is to have too: that
    /// is three times what hearing all of them costs.
    /// </summary>
    private const ushort EveryProtocol = 3; // ETH_P_ALL

    /// <summary>Takes over the socket that was left for this, or opens one.</summary>
    public static FileDescriptor Open(PacketSocketOptions options, KeptSockets kept)
    {
        FileDescriptor? left = kept.Take(SocketBinding.Packet(options.Device, options.Topic));
        FileDescriptor socket = left ?? Libc.Checked(
            Libc.Socket(Libc.AfPacket, Libc.SockDgram | Libc.SockNonBlocking | Libc.SockCloseOnExec, 0),
            "socket(AF_PACKET)").OutOfTheWay();
        try
        {
            SetOptions(socket, options);
            if (left is null)
            {
                Bind(socket, options.Device); // it has heard nothing before
            }

            return socket;
        }
        catch
        {
            kept.Release(socket);
            socket.Dispose();
            throw;
        }
    }

    private static void SetOptions(FileDescriptor socket, PacketSocketOptions options)
    {
        Libc.SetOption(socket, Libc.SolSocket, Libc.SoPriority, (int)options.Topic);
        Libc.AttachFilter(socket, options.Filter);
        Libc.SetOption(socket, Libc.SolPacket, Libc.PacketAuxiliaryData, 1);
        Libc.TrySetOption(socket, Libc.SolPacket, Libc.PacketIgnoreOutgoing, 1); // it saves work only
        if (!Libc.TrySetOption(socket, Libc.SolSocket, Libc.SoReceiveBufferForce, options.ReceiveBuffer))
        {
            Libc.TrySetOption(socket, Libc.SolSocket, Libc.SoReceiveBuffer, options.ReceiveBuffer);
        }
    }

    private static void Bind(FileDescriptor socket, int device)
    {
        byte* address = stackalloc byte[AddressLength];
        Span<byte> fields = new(address, AddressLength);
        fields.Clear();
        *(ushort*)address = Libc.AfPacket;
        BinaryPrimitives.WriteUInt16BigEndian(fields[2..], EveryProtocol);
        *(int*)(address + 4) = device;
        Libc.Check(Libc.Bind(socket, address, AddressLength), "bind(AF_PACKET)");
    }
}
