using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>A socket of this host that waits for clients, or for datagrams (linux/inet_diag.h).</summary>
/// <param name="Address">Where; the unspecified address = everywhere.</param>
/// <param name="OnlyIpv6">Of an IPv6 socket: whether IPv4 clients come to another.</param>
/// <param name="ControlGroup">The inode of its control group's folder; null where the kernel does not tell.</param>
internal sealed record WaitingSocket(IPAddress Address, ushort Port, bool OnlyIpv6, uint User, ulong? ControlGroup);

/// <summary>Asks the kernel who has which socket.</summary>
internal static class SocketDiagnosis
{
    private const int ByFamily = 20; // SOCK_DIAG_BY_FAMILY
    private const int AnswerLength = 72; // struct inet_diag_msg
    private const int OnlyIpv6 = 11; // INET_DIAG_SKV6ONLY
    private const int ControlGroup = 21; // INET_DIAG_CGROUP_ID
    private const uint Listening = 1 << 10; // TCP_LISTEN
    private const uint Unconnected = 1 << 7; // TCP_CLOSE: a datagram socket that takes what comes

    /// <summary>All that wait for TCP (6) or UDP (17).</summary>
    /// <returns>Empty where the kernel does not tell.</returns>
    public static IReadOnlyList<WaitingSocket> List(byte protocol)
    {
        List<WaitingSocket> found = [];
        try
        {
            using Socket socket = NetlinkSocket.OpenForQuestions(NetlinkFamily.SocketDiagnosis);
            byte[] buffer = new byte[NetlinkSocket.DatagramLimit];
            foreach (byte family in (byte[])[KernelFamily.Ipv4, KernelFamily.Ipv6])
            {
                List(socket, buffer, family, protocol, found);
            }
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // it is a courtesy: without it nobody is told who has a port
        }

        return found;
    }

    private static void List(Socket socket, byte[] buffer, byte family, byte protocol, List<WaitingSocket> found)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        request.BeginMessage((NetlinkType)ByFamily, NetlinkFlags.Dump);
        request.WriteBytes([family, protocol, 0, 0]); // struct inet_diag_req_v2
        request.WriteUInt32(protocol == (byte)ProtocolType.Tcp ? Listening : Unconnected);
        request.WriteZeros(48); // struct inet_diag_sockid: any
        request.EndMessage();
        socket.Send(request.Written);
        while (true)
        {
            int length = socket.Receive(buffer);
            foreach (NetlinkMessage message in new NetlinkMessages(buffer.AsSpan(0, length)))
            {
                if (message.Type is NetlinkType.Done or NetlinkType.Error)
                {
                    return; // an error: the kernel cannot tell of this protocol
                }

                if (Read(message.Payload, family) is { } waiting)
                {
                    found.Add(waiting);
                }
            }
        }
    }

    private static WaitingSocket? Read(ReadOnlySpan<byte> payload, byte family)
    {
        if (payload.Length < AnswerLength)
        {
            return null;
        }

        ReadOnlySpan<byte> attributes = payload[AnswerLength..];
        ReadOnlySpan<byte> group = NetlinkAttributes.Find(attributes, ControlGroup);
        return new WaitingSocket(
            new IPAddress(payload.Slice(8, family == KernelFamily.Ipv6 ? 16 : 4)),
            BinaryPrimitives.ReadUInt16BigEndian(payload[4..]),
            NetlinkAttributes.Find(attributes, OnlyIpv6) is [not 0, ..],
            MemoryMarshal.Read<uint>(payload[64..]),
            group.Length == 8 ? MemoryMarshal.Read<ulong>(group) : null);
    }
}
