using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;

namespace VirtNet.Services.Sockets;

/// <summary>Asks the kernel which way it would send (rtnetlink, RTM_GETROUTE for one address).</summary>
internal static class HostRoutes
{
    private const int RouteLength = 12; // struct rtmsg
    private const int TypeOffset = 7; // rtm_type
    private const int AttributeDestination = 1; // RTA_DST
    private const int AttributeInterface = 4; // RTA_OIF
    private const byte LocalType = 2; // RTN_LOCAL
    private const int MaxAddress = 16;

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
        Span<byte> octets = stackalloc byte[MaxAddress];
        octets = octets[..address.CopyTo(octets)];
        using NetlinkQuery query = new();
        NetlinkWriter question = query.Begin(stackalloc byte[NetlinkQuery.MaxRequest]);
        question.BeginMessage(NetlinkType.GetRoute, NetlinkFlags.None);
        question.WriteByte(address.IsV6 ? KernelFamily.Ipv6 : KernelFamily.Ipv4);
        question.WriteByte((byte)(octets.Length * 8));
        question.WriteZeros(RouteLength - 2);
        question.WriteAttribute(AttributeDestination, octets);
        question.EndMessage();
        if (!query.TryAsk(question, NetlinkType.NewRoute, RouteLength, out NetlinkEntry entry))
        {
            return 0;
        }

        int index = ReadAnswer(entry, out bool isLocal);
        return isLocal ? linkOf(address) : index;
    }

    /// <summary>The interface of a route; 0 if the kernel says that there is none, or says something else.</summary>
    internal static int ReadAnswer(ReadOnlySpan<byte> answer, out bool isLocal)
    {
        foreach (NetlinkMessage message in new NetlinkMessages(answer))
        {
            if (NetlinkEntry.TryRead(message, NetlinkType.NewRoute, RouteLength, out NetlinkEntry entry))
            {
                return ReadAnswer(entry, out isLocal);
            }
        }

        isLocal = false;
        return 0;
    }

    private static int ReadAnswer(NetlinkEntry route, out bool isLocal)
    {
        isLocal = route.Fixed[TypeOffset] == LocalType;
        return route.Find(AttributeInterface) is { Length: >= sizeof(int) } index ? MemoryMarshal.Read<int>(index) : 0;
    }
}
