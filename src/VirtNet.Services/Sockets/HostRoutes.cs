using System.Runtime.InteropServices;

namespace VirtNet.Services.Sockets;

/// <summary>Asks the kernel which way it would send (rtnetlink, RTM_GETROUTE for one address).</summary>
internal static unsafe class HostRoutes
{
    private const int NetlinkRoute = 0;
    private const int HeaderLength = 16; // struct nlmsghdr
    private const int RouteLength = 12; // struct rtmsg
    private const int TypeOffset = HeaderLength + 7; // rtm_type
    private const int MaxRequest = HeaderLength + RouteLength + 4 + 16;
    private const int AnswerLength = 1024;
    private const ushort NewRoute = 24;
    private const ushort GetRoute = 26;
    private const ushort Request = 1; // NLM_F_REQUEST
    private const ushort AttributeDestination = 1; // RTA_DST
    private const ushort AttributeInterface = 4; // RTA_OIF
    private const byte LocalType = 2; // RTN_LOCAL

    /// <summary>
    /// The interface behind which an endpoint is; for an address of this host, the interface that has it. 0 if there is no
    /// way to it.
    /// </summary>
    public static int InterfaceTowards(NetEndpoint endpoint)
    {
        if (endpoint.Scope != 0)
        {
            return (int)endpoint.Scope;
        }

        Span<byte> request = stackalloc byte[MaxRequest];
        request = request[..WriteRequest(request, endpoint.Address)];
        Span<byte> answer = stackalloc byte[AnswerLength];
        using FileDescriptor socket = Libc.Checked(
            Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockCloseOnExec, NetlinkRoute), "socket(netlink)");
        fixed (byte* start = request, end = answer)
        {
            Libc.Check((int)Libc.Send(socket, start, (nuint)request.Length, 0), "send(netlink)");
            int length = (int)Libc.Receive(socket, end, AnswerLength, Libc.MsgDontWait); // it answers before the call returns
            Libc.Check(length, "recv(netlink)");
            int index = ReadAnswer(answer[..length], out bool isLocal);
            return isLocal ? HostAddresses.Read().FirstOrDefault(one => one.Address == endpoint.Address).InterfaceIndex : index;
        }
    }

    /// <summary>The interface of a route; 0 if the kernel says that there is none, or says something else.</summary>
    internal static int ReadAnswer(ReadOnlySpan<byte> answer, out bool isLocal)
    {
        isLocal = false;
        if (answer.Length < HeaderLength + RouteLength || MemoryMarshal.Read<ushort>(answer[4..]) != NewRoute)
        {
            return 0;
        }

        isLocal = answer[TypeOffset] == LocalType;
        ReadOnlySpan<byte> attributes = answer[(HeaderLength + RouteLength)..];
        while (attributes.Length >= 4)
        {
            ushort length = MemoryMarshal.Read<ushort>(attributes);
            if (length < 4 || length > attributes.Length)
            {
                break;
            }

            if (MemoryMarshal.Read<ushort>(attributes[2..]) == AttributeInterface && length >= 8)
            {
                return MemoryMarshal.Read<int>(attributes[4..]);
            }

            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }

        return 0;
    }

    private static int WriteRequest(Span<byte> request, NetAddress address)
    {
        request.Clear();
        Span<byte> route = request[HeaderLength..];
        route[0] = (byte)(address.IsV6 ? Libc.AfInet6 : Libc.AfInet);
        route[1] = (byte)(address.Length * 8);
        Span<byte> attribute = route[RouteLength..];
        MemoryMarshal.Write(attribute, (ushort)(4 + address.Length));
        MemoryMarshal.Write(attribute[2..], AttributeDestination);
        address.CopyTo(attribute[4..]);
        int length = HeaderLength + RouteLength + 4 + address.Length;
        MemoryMarshal.Write(request, length);
        MemoryMarshal.Write(request[4..], GetRoute);
        MemoryMarshal.Write(request[6..], Request);
        return length;
    }
}
