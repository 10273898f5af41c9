using System.Net.Sockets;

namespace VirtNet.Linux.Netlink;

/// <summary>
/// Opens the kernel's netlink sockets: as descriptors for who waits for several at once, or as ordinary <see cref="Socket"/>s,
/// whose failures are <see cref="IOException"/>s.
/// </summary>
internal static unsafe class NetlinkSocket
{
    /// <summary>The kernel puts at most 32 KiB into one datagram of a dump, so nothing is ever cut off.</summary>
    public const int DatagramLimit = 64 * 1024;

    private const int NetlinkLevel = 270; // SOL_NETLINK
    private const int AddMembership = 1;
    private const int StrictCheck = 12; // the kernel then filters dumps by what the request says
    private const int AddressLength = 12; // struct sockaddr_nl
    private const int FirewallBuffer = 8 * 1024 * 1024; // a change is one message: a network with ten thousand elements
    private const int AnswerBuffer = 1024 * 1024; // answers to many changes wait there together
    private const int ListenerBuffer = 4 * 1024 * 1024; // for a thousand bridges at once
    private static readonly TimeSpan FirewallPatience = TimeSpan.FromSeconds(30); // a change waits for those of others

    /// <summary>A socket for requests; answers come to it alone.</summary>
    public static Socket OpenForRequests() => AsSocket(() => OpenToAsk(waits: true));

    /// <summary>A socket for requests to the firewall. It has its number from the start, by which its changes are known.</summary>
    public static Socket OpenForFirewall()
    {
        Socket socket = AsSocket(() => Prepared(Open(NetlinkFamily.Netfilter, waits: true), descriptor =>
        {
            Bind(descriptor);
            SetBuffer(descriptor, Libc.SoSendBufferForce, Libc.SoSendBuffer, FirewallBuffer);
            SetBuffer(descriptor, Libc.SoReceiveBufferForce, Libc.SoReceiveBuffer, FirewallBuffer);
        }));
        socket.ReceiveTimeout = (int)FirewallPatience.TotalMilliseconds;
        return socket;
    }

    /// <summary>A socket for questions to another family; answers come to it alone.</summary>
    public static Socket OpenForQuestions(NetlinkFamily family)
    {
        Socket socket = AsSocket(() => Open(family, waits: true));
        socket.ReceiveTimeout = (int)FirewallPatience.TotalMilliseconds;
        return socket;
    }

    /// <summary>A socket that hears the kernel's announcements of these groups.</summary>
    public static Socket OpenForGroups(NetlinkFamily family, params ReadOnlySpan<int> groups)
    {
        int[] wanted = groups.ToArray();
        return AsSocket(() => OpenToListen(family, waits: true, wanted));
    }

    /// <summary>As <see cref="OpenForRequests"/>, about interfaces.</summary>
    /// <param name="waits">Whether reading waits for an answer.</param>
    /// <exception cref="SystemCallException">With the kernel's reason.</exception>
    public static FileDescriptor OpenToAsk(bool waits) => Prepared(
        Open(NetlinkFamily.Route, waits), descriptor =>
        {
            Libc.TrySetOption(descriptor, NetlinkLevel, StrictCheck, 1);
            SetBuffer(descriptor, Libc.SoReceiveBufferForce, Libc.SoReceiveBuffer, AnswerBuffer);
        });

    /// <summary>As <see cref="OpenForGroups"/>.</summary>
    /// <inheritdoc cref="OpenToAsk"/>
    public static FileDescriptor OpenToListen(NetlinkFamily family, bool waits, params int[] groups) =>
        Prepared(Open(family, waits), descriptor =>
        {
            Bind(descriptor);
            foreach (int group in groups)
            {
                Libc.SetOption(descriptor, NetlinkLevel, AddMembership, group);
            }

            SetBuffer(descriptor, Libc.SoReceiveBufferForce, Libc.SoReceiveBuffer, ListenerBuffer);
        });

    /// <summary>So large, or as large as the host allows.</summary>
    private static void SetBuffer(FileDescriptor descriptor, int force, int option, int octets)
    {
        if (!Libc.TrySetOption(descriptor, Libc.SolSocket, force, octets))
        {
            Libc.TrySetOption(descriptor, Libc.SolSocket, option, octets);
        }
    }

    private static FileDescriptor Open(NetlinkFamily family, bool waits) => Libc.Checked(
        Libc.Socket(
            Libc.AfNetlink, Libc.SockRaw | Libc.SockCloseOnExec | (waits ? 0 : Libc.SockNonBlocking), (int)family),
        "socket(netlink)");

    private static FileDescriptor Prepared(FileDescriptor descriptor, Action<FileDescriptor> prepare)
    {
        try
        {
            prepare(descriptor);
            return descriptor;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static void Bind(FileDescriptor descriptor)
    {
        byte* address = stackalloc byte[AddressLength];
        new Span<byte>(address, AddressLength).Clear();
        *(ushort*)address = Libc.AfNetlink;
        Libc.Check(Libc.Bind(descriptor, address, AddressLength), "bind(netlink)");
    }

    private static Socket AsSocket(Func<FileDescriptor> open)
    {
        try
        {
            using FileDescriptor descriptor = open();
            SafeSocketHandle handle = new(descriptor.DangerousGetHandle(), ownsHandle: true);
            descriptor.SetHandleAsInvalid(); // the other has it now
            return new Socket(handle);
        }
        catch (SystemCallException e)
        {
            throw new IOException($"cannot open a netlink socket: {e.Message}", e);
        }
    }
}
