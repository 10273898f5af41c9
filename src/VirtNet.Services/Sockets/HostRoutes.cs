using System.Runtime.InteropServices;

namespace VirtNet.Services.Sockets;

/// <summary>Asks the kernel which way it would send (rtnetlink, RTM_GETROUTE for one address).</summary>
internal static class HostRoutes
{
    private const int RouteLength = 12; // struct rtmsg
    private const int TypeOffset = 7; // rtm_type
    private const ushort NewRoute = 24;
    private const ushort GetRoute = 26;
    private const ushort AttributeDestination = 1; // RTA_DST
    private const ushort AttributeInterface = 4; // RTA_OIF
    private const byte LocalType = 2; // RTN_LOCAL

    /// <summary>
    /// The interface behind which an endpoint is; for an address of this host, the interface that has it. 0 if there is no
    /// way to it.
    /// </summary>
    /// <param name="linkOf">The interface that has an address of this host; 0 if none has.</param>
    public static int InterfaceTowards(NetEndpoint endpoint, Func<NetAddress, int> linkOf)
    {
        if (endpoint.Scope != 0)
        {
            return (int)endpoint.Scope;
        }

        NetAddress address = endpoint.Address;
        using NetlinkQuery query = new();
        Span<byte> route = query.Begin(GetRoute, RouteLength);
        route[0] = (byte)(address.IsV6 ? Libc.AfInet6 : Libc.AfInet);
        route[1] = (byte)(address.Length * 8);
        address.CopyTo(query.Add(AttributeDestination, address.Length));
        if (!query.TryAsk(NewRoute, RouteLength, out NetlinkQuery.Entry entry))
        {
            return 0;
        }

        int index = ReadAnswer(entry, out bool isLocal);
        return isLocal ? linkOf(address) : index;
    }

    /// <summary>The interface of a route; 0 if the kernel says that there is none, or says something else.</summary>
    internal static int ReadAnswer(ReadOnlySpan<byte> answer, out bool isLocal)
    {
        isLocal = false;
        return NetlinkQuery.TryRead(answer, NewRoute, RouteLength, out NetlinkQuery.Entry entry)
            ? ReadAnswer(entry, out isLocal)
            : 0;
    }

    private static int ReadAnswer(NetlinkQuery.Entry route, out bool isLocal)
    {
        isLocal = route.Fixed[TypeOffset] == LocalType;
        return route.Find(AttributeInterface) is { Length: >= sizeof(int) } index ? MemoryMarshal.Read<int>(index) : 0;
    }
}
