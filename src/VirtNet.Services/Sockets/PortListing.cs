using System.Runtime.InteropServices;
using VirtNet.Linux;
using VirtNet.Linux.Netlink;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Lists the ports of one bridge (rtnetlink, RTM_GETLINK of those with this master). The kernel walks through all links for
/// it, if quickly: not for every message.
/// </summary>
internal sealed unsafe class PortListing : IDisposable
{
    private const int LinkLength = 16; // struct ifinfomsg
    private const int IndexAt = 4; // ifi_index
    private const int FlagsAt = 8; // ifi_flags
    private const int MaxRequest = 64;
    private const int AttributeMaster = 10; // IFLA_MASTER
    private const int AttributeMask = 29; // IFLA_EXT_MASK
    private const uint WithoutStatistics = 8; // RTEXT_FILTER_SKIP_STATS
    private const uint Running = 0x40; // IFF_RUNNING

    private readonly FileDescriptor _socket = NetlinkSocket.OpenToAsk(waits: false);

    private byte[]? _answer;
    private uint _asked;

    /// <summary>Indexes; fewer than there are if the kernel breaks off.</summary>
    public HashSet<int> ListRunning(int bridge)
    {
        HashSet<int> ports = [];
        NetlinkWriter request = new(stackalloc byte[MaxRequest], _asked++);
        request.BeginMessage(NetlinkType.GetLink, NetlinkFlags.Dump);
        request.WriteZeros(LinkLength);
        request.WriteAttribute(AttributeMaster, (uint)bridge);
        request.WriteAttribute(AttributeMask, WithoutStatistics);
        request.EndMessage();
        _answer ??= new byte[NetlinkSocket.DatagramLimit];
        fixed (byte* question = request.Written, answer = _answer)
        {
            if (Libc.Send(_socket, question, (nuint)request.Written.Length, Libc.MsgDontWait) < 0)
            {
                return ports;
            }

            // The kernel fills the next answer when the one before was taken, so there is always one until the end.
            while (Libc.Receive(_socket, answer, (nuint)_answer.Length, Libc.MsgDontWait) is > 0 and var length)
            {
                if (!Read(_answer.AsSpan(0, (int)length), ports))
                {
                    break;
                }
            }
        }

        return ports;
    }

    public void Dispose() => _socket.Dispose();

    /// <returns>Whether more is to come.</returns>
    private bool Read(ReadOnlySpan<byte> answer, HashSet<int> ports)
    {
        foreach (NetlinkMessage message in new NetlinkMessages(answer))
        {
            if (message.Sequence != _asked)
            {
                continue; // what is older belongs to a list that was given up
            }

            if (message.Type is NetlinkType.Done or NetlinkType.Error)
            {
                return false;
            }

            if (NetlinkEntry.TryRead(message, NetlinkType.NewLink, LinkLength, out NetlinkEntry link)
                && (MemoryMarshal.Read<uint>(link.Fixed[FlagsAt..]) & Running) != 0)
            {
                ports.Add(MemoryMarshal.Read<int>(link.Fixed[IndexAt..]));
            }
        }

        return true;
    }
}
