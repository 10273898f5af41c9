using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace VirtNet.Rpc.Transport;

/// <summary>Who is at the other end of a Unix socket, as the kernel noted it when the peer connected.</summary>
internal readonly partial record struct UnixPeer(int ProcessId, uint UserId, uint GroupId)
{
    private const int SolSocket = 1; // asm-generic/socket.h
    private const int SoPeerCred = 17;

    public static UnixPeer Of(Socket socket)
    {
        Span<int> credentials = stackalloc int[3]; // struct ucred: pid, uid, gid
        int length = socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(credentials));
        return length == credentials.Length * sizeof(int)
            ? new UnixPeer(credentials[0], (uint)credentials[1], (uint)credentials[2])
            : throw new SocketException((int)SocketError.InvalidArgument);
    }

    /// <summary>The effective user of this process.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint OwnUserId();
}
