using System.Runtime.InteropServices;

namespace VirtNet.Linux;

/// <summary>System calls (Linux, 64 bit), and how their failures become exceptions. These here are for sockets and loops that wait for them.</summary>
internal static unsafe partial class Libc
{
    public const int AfInet = 2;
    public const int AfInet6 = 10;
    public const int AfNetlink = 16;
    public const int SockDgram = 2;
    public const int SockRaw = 3;
    public const int SockNonBlocking = 0x800;
    public const int SockCloseOnExec = 0x80000;

    public const int SolSocket = 1;
    public const int SoReuseAddress = 2;
    public const int SoBroadcast = 6;
    public const int SoSendBuffer = 7;
    public const int SoReceiveBuffer = 8;
    public const int SoPriority = 12;
    public const int SoBindToDevice = 25;
    public const int SoSendBufferForce = 32;
    public const int SoReceiveBufferForce = 33;

    /// <summary>An array of numbers (SK_MEMINFO_VARS), one of which counts dropped datagrams (SK_MEMINFO_DROPS).</summary>
    public const int SoMemoryInfo = 55;
    public const int MemoryInfoCount = 9;
    public const int MemoryInfoDrops = 8;

    public const int SolIp = 0;
    public const int IpPacketInfo = 8;
    public const int IpMtuDiscover = 10;
    public const int IpReceiveErrors = 11;
    public const int IpFreeBind = 15;
    public const int IpAddMembership = 35;

    public const int SolIpv6 = 41;
    public const int Ipv6MulticastLoop = 19;
    public const int Ipv6JoinGroup = 20;
    public const int Ipv6LeaveGroup = 21;
    public const int Ipv6MtuDiscover = 23;
    public const int Ipv6ReceiveErrors = 25;
    public const int Ipv6Only = 26;
    public const int Ipv6ReceivePacketInfo = 49;
    public const int Ipv6PacketInfo = 50;
    public const int Ipv6FreeBind = 78;

    /// <summary>Never fragments by what an ICMP message claims, which anyone may forge.</summary>
    public const int MtuDiscoverOmit = 5;

    public const int MsgTruncated = 0x20;
    public const int MsgDontWait = 0x40;
    public const int MsgErrorQueue = 0x2000;
    public const int MsgNoSignal = 0x4000;

    public const int EpollIn = 1;
    public const int EpollControlAdd = 1;
    public const int EpollControlDelete = 2;
    public const int EpollCloseOnExec = 0x80000;
    public const int EventFdNonBlocking = 0x800;
    public const int EventFdCloseOnExec = 0x80000;

    private const int DescriptorResource = 7; // RLIMIT_NOFILE
    private const int DuplicateAbove = 1030; // F_DUPFD_CLOEXEC

    public const int Eintr = 4;
    public const int Eagain = 11;

    /// <summary>Octets of an interface's name with its end (IF_NAMESIZE).</summary>
    private const int InterfaceNameLength = 16;

    private const string Name = "libc";

    [LibraryImport(Name, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Name, EntryPoint = "socket", SetLastError = true)]
    public static partial FileDescriptor Socket(int family, int type, int protocol);

    [LibraryImport(Name, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(FileDescriptor socket, byte* address, uint length);

    [LibraryImport(Name, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(FileDescriptor socket, byte* address, uint length);

    [LibraryImport(Name, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(FileDescriptor socket, byte* address, uint* length);

    [LibraryImport(Name, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(FileDescriptor socket, int level, int option, void* value, uint length);

    [LibraryImport(Name, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(FileDescriptor socket, int level, int option, void* value, uint* length);

    [LibraryImport(Name, EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(FileDescriptor socket, MessageVector* messages, uint count, int flags, void* timeout);

    [LibraryImport(Name, EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMany(FileDescriptor socket, MessageVector* messages, uint count, int flags);

    [LibraryImport(Name, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(FileDescriptor socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(FileDescriptor socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial FileDescriptor EpollCreate(int flags);

    [LibraryImport(Name, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(FileDescriptor epoll, int operation, FileDescriptor target, byte* epollEvent);

    [LibraryImport(Name, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(FileDescriptor epoll, byte* events, int maximum, int timeoutMilliseconds);

    [LibraryImport(Name, EntryPoint = "eventfd", SetLastError = true)]
    public static partial FileDescriptor EventFd(uint initial, int flags);

    [LibraryImport(Name, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(FileDescriptor descriptor, byte* buffer, nuint length);

    [LibraryImport(Name, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(FileDescriptor descriptor, byte* buffer, nuint length);

    [LibraryImport(Name, EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint InterfaceIndex(string name);

    [LibraryImport(Name, EntryPoint = "if_indextoname", SetLastError = true)]
    private static partial byte* InterfaceName(uint index, byte* name);

    /// <summary>The name of an interface; null if there is none with this number.</summary>
    public static string? InterfaceName(int index)
    {
        byte* name = stackalloc byte[InterfaceNameLength];
        return InterfaceName((uint)index, name) == null ? null : Marshal.PtrToStringUTF8((nint)name);
    }

    [LibraryImport(Name, EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int ResourceLimit(int resource, ulong* limits);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(FileDescriptor descriptor, int command, int argument);

    /// <summary>The same open file under the lowest free number from this one on; -1 = the process may have none.</summary>
    public static int DuplicateFrom(FileDescriptor descriptor, int lowest) => Control(descriptor, DuplicateAbove, lowest);

    /// <summary>How many descriptors this process may have.</summary>
    public static ulong DescriptorLimit()
    {
        ulong* limits = stackalloc ulong[2]; // struct rlimit: the one in force, and the highest that may be set
        Check(ResourceLimit(DescriptorResource, limits), "getrlimit");
        return limits[0];
    }

    /// <summary>Throws for the call that just failed.</summary>
    public static FileDescriptor Checked(FileDescriptor descriptor, string call) =>
        descriptor.IsInvalid ? throw new SystemCallException(call, Marshal.GetLastPInvokeError()) : descriptor;

    /// <inheritdoc cref="Checked"/>
    public static void Check(int result, string call)
    {
        if (result < 0)
        {
            throw new SystemCallException(call, Marshal.GetLastPInvokeError());
        }
    }

    public static void SetOption(FileDescriptor socket, int level, int option, int value) =>
        Check(SetSocketOption(socket, level, option, &value, sizeof(int)), "setsockopt");

    /// <summary>An option that serves well where the kernel has it, and is not missed elsewhere.</summary>
    public static bool TrySetOption(FileDescriptor socket, int level, int option, int value) =>
        SetSocketOption(socket, level, option, &value, sizeof(int)) == 0;

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary>struct mmsghdr: a struct msghdr and what recvmmsg reports.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageVector
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
        private readonly int _padding; // struct msghdr ends on a multiple of eight
        public uint Received;
    }
}
