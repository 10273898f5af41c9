using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VirtNet.Host.Netlink;

/// <summary>Opens the kernel's netlink sockets as ordinary <see cref="Socket"/>s.</summary>
internal static partial class NetlinkSocket
{
    /// <summary>The kernel puts at most 32 KiB into one datagram of a dump, so nothing is ever cut off.</summary>
    public const int DatagramLimit = 64 * 1024;

    private const int Family = 16; // AF_NETLINK
    private const int RawCloseOnExec = 3 | 0x80000; // SOCK_RAW | SOCK_CLOEXEC
    private const int NetlinkLevel = 270; // SOL_NETLINK
    private const int AddMembership = 1;
    private const int StrictCheck = 12; // the kernel then filters dumps by what the request says
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int SendBuffer = 7; // SO_SNDBUF
    private const int ReceiveBuffer = 8; // SO_RCVBUF
    private const int FirewallBuffer = 512 * 1024;
    private const int ReceiveBufferForce = 33; // SO_RCVBUFFORCE: not bounded by net.core.rmem_max
    private const int ListenerBuffer = 4 * 1024 * 1024;

    /// <summary>A socket for requests; answers come to it alone.</summary>
    public static Socket OpenForRequests()
    {
        Socket socket = Open(NetlinkFamily.Route);
        socket.SetRawSocketOption(NetlinkLevel, StrictCheck, BitConverter.GetBytes(1));
        return socket;
    }

    /// <summary>A socket for requests to the firewall. It has its number from the start, by which its changes are known.</summary>
    public static Socket OpenForFirewall()
    {
        Socket socket = Open(NetlinkFamily.Netfilter);
        try
        {
            Bind(socket);
            socket.SetRawSocketOption(SocketLevel, SendBuffer, BitConverter.GetBytes(FirewallBuffer));
            socket.SetRawSocketOption(SocketLevel, ReceiveBuffer, BitConverter.GetBytes(FirewallBuffer));
            socket.ReceiveTimeout = 30_000; // a change waits for those of others
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket that hears the kernel's announcements of these groups.</summary>
    public static Socket OpenForGroups(NetlinkFamily family, params ReadOnlySpan<int> groups)
    {
        Socket socket = Open(family);
        try
        {
            Bind(socket);
            foreach (int group in groups)
            {
                socket.SetRawSocketOption(NetlinkLevel, AddMembership, BitConverter.GetBytes(group));
            }

            try
            {
                socket.SetRawSocketOption(SocketLevel, ReceiveBufferForce, BitConverter.GetBytes(ListenerBuffer));
            }
            catch (SocketException)
            {
                socket.ReceiveBufferSize = ListenerBuffer; // without CAP_NET_ADMIN: as much as the kernel allows
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Open(NetlinkFamily family)
    {
        int descriptor = CreateSocket(Family, RawCloseOnExec, (int)family);
        if (descriptor < 0)
        {
            throw Failure("open");
        }

        return new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
    }

    private static void Bind(Socket socket)
    {
        if (Bind((int)socket.Handle, new Sockaddr { Family = Family }, Unsafe.SizeOf<Sockaddr>()) != 0)
        {
            throw Failure("bind");
        }
    }

    private static IOException Failure(string what) =>
        new($"cannot {what} a netlink socket: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int CreateSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int descriptor, in Sockaddr address, int length);

    [StructLayout(LayoutKind.Sequential)]
    private struct Sockaddr
    {
        public ushort Family;
        public ushort Padding;
        public uint Port;
        public uint Groups;
    }
}
