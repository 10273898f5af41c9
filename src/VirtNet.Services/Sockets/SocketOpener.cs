using System.Text;
using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>Turns options into an open UDP socket.</summary>
internal static unsafe class SocketOpener
{
    /// <summary>Takes over the socket that was left for this, or opens one.</summary>
    public static FileDescriptor Open(DatagramSocketOptions options, KeptSockets kept)
    {
        SocketBinding wanted = SocketBinding.Udp(
            options.Bind, options.Device is { } device ? (int)Libc.InterfaceIndex(device) : 0);
        if (kept.Take(wanted) is { } left)
        {
            try
            {
                SetOptions(left, options); // it may be of a version that had others
                JoinAll(left, options, again: true);
                return left;
            }
            catch
            {
                kept.Release(left);
                left.Dispose();
                throw;
            }
        }

        return kept.Open(wanted, () => Open(options));
    }

    public static FileDescriptor Open(DatagramSocketOptions options)
    {
        bool v6 = options.Bind.Address.IsV6;
        FileDescriptor socket = Libc.Checked(
            Libc.Socket(
                v6 ? Libc.AfInet6 : Libc.AfInet, Libc.SockDgram | Libc.SockNonBlocking | Libc.SockCloseOnExec, 0),
            "socket").OutOfTheWay();
        try
        {
            SetOptionsToBind(socket, options, v6);
            SetOptions(socket, options);
            Bind(socket, options.Bind);
            JoinAll(socket, options, again: false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Those that have to be set before it is bound.</summary>
    private static void SetOptionsToBind(FileDescriptor socket, DatagramSocketOptions options, bool v6)
    {
        if (v6)
        {
            Libc.SetOption(socket, Libc.SolIpv6, Libc.Ipv6Only, 1);
        }

        if (options.ReuseAddress)
        {
            Libc.SetOption(socket, Libc.SolSocket, Libc.SoReuseAddress, 1);
        }

        if (options.FreeBind)
        {
            Libc.SetOption(socket, v6 ? Libc.SolIpv6 : Libc.SolIp, v6 ? Libc.Ipv6FreeBind : Libc.IpFreeBind, 1);
        }

        if (options.Device is { } device)
        {
            byte[] name = Encoding.UTF8.GetBytes(device);
            fixed (byte* start = name)
            {
                Libc.Check(
                    Libc.SetSocketOption(socket, Libc.SolSocket, Libc.SoBindToDevice, start, (uint)name.Length),
                    "setsockopt(SO_BINDTODEVICE)");
            }
        }
    }

    private static void SetOptions(FileDescriptor socket, DatagramSocketOptions options)
    {
        bool v6 = options.Bind.Address.IsV6;
        if (options.Broadcast)
        {
            Libc.SetOption(socket, Libc.SolSocket, Libc.SoBroadcast, 1);
        }

        if (options.PacketInfo)
        {
            Libc.SetOption(socket, v6 ? Libc.SolIpv6 : Libc.SolIp, v6 ? Libc.Ipv6ReceivePacketInfo : Libc.IpPacketInfo, 1);
        }

        if (options.Undelivered is not null)
        {
            Libc.TrySetOption(socket, v6 ? Libc.SolIpv6 : Libc.SolIp, v6 ? Libc.Ipv6ReceiveErrors : Libc.IpReceiveErrors, 1);
        }

        if (options.Filter is { } filter)
        {
            Libc.AttachFilter(socket, filter);
        }
        else
        {
            Libc.TrySetOption(socket, Libc.SolSocket, Libc.SoDetachFilter, 0); // fails where there is none
        }

        if (options.ReceiveBuffer > 0
            && !Libc.TrySetOption(socket, Libc.SolSocket, Libc.SoReceiveBufferForce, options.ReceiveBuffer))
        {
            Libc.TrySetOption(socket, Libc.SolSocket, Libc.SoReceiveBuffer, options.ReceiveBuffer);
        }

        Libc.TrySetOption(
            socket, v6 ? Libc.SolIpv6 : Libc.SolIp, v6 ? Libc.Ipv6MtuDiscover : Libc.IpMtuDiscover, Libc.MtuDiscoverOmit);
    }

    private static void Bind(FileDescriptor socket, NetEndpoint local)
    {
        byte* raw = stackalloc byte[NetEndpoint.MaxSocketAddressLength];
        int length = local.ToSocketAddress(new Span<byte>(raw, NetEndpoint.MaxSocketAddressLength));
        Libc.Check(Libc.Bind(socket, raw, (uint)length), "bind");
    }

    /// <param name="again">Whether it may have joined before.</param>
    private static void JoinAll(FileDescriptor socket, DatagramSocketOptions options, bool again)
    {
        foreach (NetAddress group in options.Groups)
        {
            try
            {
                Join(socket, group, options.Device);
            }
            catch (SystemCallException e) when (again && e.Errno == SystemCallException.AddressInUse)
            {
                // it has
            }
        }
    }

    /// <summary>struct ip_mreqn and struct ipv6_mreq.</summary>
    private static void Join(FileDescriptor socket, NetAddress group, string? device)
    {
        uint index = device is null ? 0 : Libc.InterfaceIndex(device);
        byte* request = stackalloc byte[20];
        new Span<byte>(request, 20).Clear();
        group.CopyTo(new Span<byte>(request, 20));
        if (group.IsV6)
        {
            *(uint*)(request + 16) = index;
            Libc.Check(Libc.SetSocketOption(socket, Libc.SolIpv6, Libc.Ipv6JoinGroup, request, 20), "setsockopt(IPV6_JOIN_GROUP)");
        }
        else
        {
            *(uint*)(request + 8) = index;
            Libc.Check(Libc.SetSocketOption(socket, Libc.SolIp, Libc.IpAddMembership, request, 12), "setsockopt(IP_ADD_MEMBERSHIP)");
        }
    }
}
