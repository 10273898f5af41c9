using System.Net.Sockets;
using System.Runtime.InteropServices;
using VirtNet.Linux;

namespace VirtNet.Rpc.Transport;

/// <summary>Who is at the other end of a Unix socket, as the kernel noted it when the peer connected.</summary>
internal readonly record struct UnixPeer(int ProcessId, uint UserId, uint GroupId)
{
    private const int SolSocket = 1; // asm-generic/socket.h
    private const int SoPeerCred = 17;
    private const uint Root = 0;

    /// <summary>Root, or the user that this process runs as.</summary>
    public bool IsTrusted => UserId == Root || UserId == Libc.EffectiveUserId();

    public static UnixPeer Of(Socket socket)
    {
        Span<int> credentials = stackalloc int[3]; // struct ucred: pid, uid, gid
        int length = socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(credentials));
        return length == credentials.Length * sizeof(int)
            ? new UnixPeer(credentials[0], (uint)credentials[1], (uint)credentials[2])
            : throw new SocketException((int)SocketError.InvalidArgument);
    }
}
