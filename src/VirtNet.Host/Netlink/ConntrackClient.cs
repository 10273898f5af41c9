using System.Net.Sockets;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>
/// Lists connections that the kernel follows, and has it forget some. To find any it lists all of one family: collect what is to be
/// found, and ask once. Made anew for each question; the network namespace is that of the thread.
/// </summary>
internal static class ConntrackClient
{
    private const int AtOnce = 128;
    private const int BytesForDelete = 256;
    private const int NoSuchEntry = 2; // ENOENT: it ended by itself
    private const int Attempts = 3;

    /// <returns>How many were forgotten.</returns>
    /// <exception cref="VirtNetException">The kernel does not answer.</exception>
    public static int Forget(byte family, Predicate<ConntrackFlow> which) => Ask((socket, buffer) =>
    {
        List<ConntrackFlow> flows = List(socket, buffer, family, which);
        foreach (ConntrackFlow[] part in flows.Chunk(AtOnce))
        {
            NetlinkWriter request = new(new byte[part.Length * BytesForDelete]);
            foreach (ConntrackFlow flow in part)
            {
                flow.WriteDelete(ref request);
            }

            Send(socket, buffer, request);
        }

        return flows.Count;
    });

    /// <summary>All of a family that are meant.</summary>
    /// <exception cref="VirtNetException">The kernel does not answer.</exception>
    public static List<ConntrackFlow> List(byte family, Predicate<ConntrackFlow> which) =>
        Ask((socket, buffer) => List(socket, buffer, family, which));

    private static T Ask<T>(Func<Socket, byte[], T> question)
    {
        try
        {
            using Socket socket = NetlinkSocket.OpenForFirewall();
            return question(socket, new byte[NetlinkSocket.DatagramLimit]);
        }
        catch (Exception e) when (HostErrors.IsOne(e))
        {
            throw HostErrors.Told("the kernel's netlink interface failed", e);
        }
    }

    /// <summary>What comes or goes meanwhile may make a dump incomplete: it is taken again then.</summary>
    private static List<ConntrackFlow> List(Socket socket, byte[] buffer, byte family, Predicate<ConntrackFlow> which)
    {
        List<ConntrackFlow> found = [];
        NetlinkWriter request = new(stackalloc byte[64]);
        ConntrackFlow.WriteDump(ref request, family);
        for (int attempt = 1; ; attempt++)
        {
            socket.Send(request.Written);
            bool interrupted = false;
            bool ended = false;
            while (!ended)
            {
                int length = socket.Receive(buffer);
                foreach (NetlinkMessage message in new NetlinkMessages(buffer.AsSpan(0, length)))
                {
                    interrupted |= (message.Flags & NetlinkFlags.DumpInterrupted) != 0;
                    if (message.Type == NetlinkType.Error && message.Errno != 0)
                    {
                        throw HostErrors.Refused("the kernel does not list connections", message.Errno);
                    }

                    ended |= message.Type is NetlinkType.Done or NetlinkType.Error;
                    if (!ended && ConntrackFlow.TryParse(message) is { } flow && which(flow))
                    {
                        found.Add(flow);
                    }
                }
            }

            if (!interrupted || attempt == Attempts)
            {
                return found;
            }

            found.Clear();
        }
    }

    private static void Send(Socket socket, byte[] buffer, in NetlinkWriter request)
    {
        socket.Send(request.Written);
        int left = request.MessageCount;
        int refused = 0;
        while (left > 0)
        {
            int length = socket.Receive(buffer);
            foreach (NetlinkMessage message in new NetlinkMessages(buffer.AsSpan(0, length)))
            {
                if (message.Type == NetlinkType.Error)
                {
                    left--;
                    refused = message.Errno is 0 or NoSuchEntry ? refused : message.Errno;
                }
            }
        }

        if (refused != 0)
        {
            throw HostErrors.Refused("the kernel does not forget a connection", refused);
        }
    }
}
