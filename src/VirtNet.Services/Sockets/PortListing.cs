using System.Runtime.InteropServices;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Lists the ports of one bridge (rtnetlink, RTM_GETLINK of those with this master). The kernel walks through all links for
/// it, if quickly: not for every message.
/// </summary>
internal sealed unsafe class PortListing : IDisposable
{
    private const int LinkLength = 16; // struct ifinfomsg
    private const int RequestLength = NetlinkQuery.HeaderLength + LinkLength + 8 + 8;
    private const int MaxAnswer = 1 << 16;
    private const ushort NewLink = 16;
    private const ushort GetLink = 18;
    private const ushort Error = 2; // NLMSG_ERROR
    private const ushort Done = 3; // NLMSG_DONE
    private const ushort RequestDump = 0x301; // NLM_F_REQUEST | NLM_F_DUMP
    private const ushort AttributeMaster = 10; // IFLA_MASTER
    private const ushort AttributeMask = 29; // IFLA_EXT_MASK
    private const uint WithoutStatistics = 8; // RTEXT_FILTER_SKIP_STATS
    private const uint Running = 0x40; // IFF_RUNNING

    private readonly FileDescriptor _socket = Libc.Checked(
        Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockNonBlocking | Libc.SockCloseOnExec, NetlinkQuery.NetlinkRoute), "socket(netlink)");

    private byte[]? _answer;
    private int _sequence;

    /// <summary>Indexes; fewer than there are if the kernel breaks off.</summary>
    public HashSet<int> ListRunning(int bridge)
    {
        HashSet<int> ports = [];
        byte* request = stackalloc byte[RequestLength];
        WriteRequest(new Span<byte>(request, RequestLength), bridge, ++_sequence);
        if (Libc.Send(_socket, request, RequestLength, Libc.MsgDontWait) < 0)
        {
            return ports;
        }

        // The kernel fills the next answer when the one before was taken, so there is always one until the end.
        _answer ??= new byte[MaxAnswer];
        fixed (byte* answer = _answer)
        {
            while (Libc.Receive(_socket, answer, MaxAnswer, Libc.MsgDontWait) is > 0 and var length)
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

    private static void WriteRequest(Span<byte> request, int bridge, int sequence)
    {
        request.Clear();
        MemoryMarshal.Write(request, RequestLength);
        MemoryMarshal.Write(request[4..], GetLink);
        MemoryMarshal.Write(request[6..], RequestDump);
        MemoryMarshal.Write(request[8..], sequence);
        Span<byte> attributes = request[(NetlinkQuery.HeaderLength + LinkLength)..];
        MemoryMarshal.Write(attributes, (ushort)8);
        MemoryMarshal.Write(attributes[2..], AttributeMaster);
        MemoryMarshal.Write(attributes[4..], bridge);
        MemoryMarshal.Write(attributes[8..], (ushort)8);
        MemoryMarshal.Write(attributes[10..], AttributeMask);
        MemoryMarshal.Write(attributes[12..], WithoutStatistics);
    }

    /// <returns>Whether more is to come.</returns>
    private bool Read(ReadOnlySpan<byte> answer, HashSet<int> ports)
    {
        while (answer.Length >= NetlinkQuery.HeaderLength)
        {
            int length = MemoryMarshal.Read<int>(answer);
            ushort type = MemoryMarshal.Read<ushort>(answer[4..]);
            if (length < NetlinkQuery.HeaderLength || length > answer.Length)
            {
                return false;
            }

            // What is older belongs to a list that was given up.
            bool isMeant = MemoryMarshal.Read<int>(answer[8..]) == _sequence;
            if (isMeant && type is (Done or Error))
            {
                return false;
            }

            if (isMeant && type == NewLink && length >= NetlinkQuery.HeaderLength + LinkLength
                && (MemoryMarshal.Read<uint>(answer[(NetlinkQuery.HeaderLength + 8)..]) & Running) != 0)
            {
                ports.Add(MemoryMarshal.Read<int>(answer[(NetlinkQuery.HeaderLength + 4)..]));
            }

            answer = answer[Math.Min(answer.Length, (length + 3) & ~3)..];
        }

        return true;
    }
}
