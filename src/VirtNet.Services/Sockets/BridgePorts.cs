using System.Runtime.InteropServices;
using VirtNet.Model;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Asks the kernel behind which port of a bridge a MAC was last seen (rtnetlink, RTM_GETNEIGH for one entry; Linux 5.0).
/// Not safe for several threads.
/// </summary>
internal sealed unsafe class BridgePorts : IDisposable
{
    private const int NetlinkRoute = 0;
    private const int HeaderLength = 16; // struct nlmsghdr
    private const int EntryLength = 12; // struct ndmsg
    private const int MacAttributeLength = 4 + MacAddress.Length;
    private const int RequestLength = HeaderLength + EntryLength + 12 + 8;
    private const ushort NewEntry = 28;
    private const ushort GetEntry = 30;
    private const ushort Request = 1; // NLM_F_REQUEST
    private const ushort AttributeMac = 2; // NDA_LLADDR
    private const ushort AttributeBridge = 9; // NDA_MASTER
    private const int AnswerLength = 512;

    private readonly FileDescriptor _socket = Libc.Checked(
        Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockNonBlocking | Libc.SockCloseOnExec, NetlinkRoute), "socket(netlink)");

    private int _sequence;

    /// <summary>The index of the port; 0 if the bridge does not know the MAC, or the kernel the question.</summary>
    public int FindPort(int bridge, MacAddress mac)
    {
        byte* request = stackalloc byte[RequestLength];
        WriteRequest(new Span<byte>(request, RequestLength), bridge, mac, ++_sequence);
        byte* answer = stackalloc byte[AnswerLength];
        if (Libc.Send(_socket, request, RequestLength, Libc.MsgDontWait) < 0)
        {
            return 0;
        }

        // The kernel answers before the call returns. What is older belongs to a question that was given up.
        while (Libc.Receive(_socket, answer, AnswerLength, Libc.MsgDontWait) is > 0 and var length)
        {
            ReadOnlySpan<byte> message = new(answer, (int)length);
            if (length >= HeaderLength + EntryLength && MemoryMarshal.Read<int>(message[8..]) == _sequence)
            {
                return MemoryMarshal.Read<ushort>(message[4..]) == NewEntry
                    ? MemoryMarshal.Read<int>(message[(HeaderLength + 4)..])
                    : 0;
            }
        }

        return 0;
    }

    public void Dispose() => _socket.Dispose();

    private static void WriteRequest(Span<byte> request, int bridge, MacAddress mac, int sequence)
    {
        request.Clear();
        MemoryMarshal.Write(request, RequestLength);
        MemoryMarshal.Write(request[4..], GetEntry);
        MemoryMarshal.Write(request[6..], Request);
        MemoryMarshal.Write(request[8..], sequence);
        request[HeaderLength] = Libc.AfBridge;
        Span<byte> attributes = request[(HeaderLength + EntryLength)..];
        MemoryMarshal.Write(attributes, (ushort)MacAttributeLength);
        MemoryMarshal.Write(attributes[2..], AttributeMac);
        for (int i = 0; i < MacAddress.Length; i++)
        {
            attributes[4 + i] = mac[i];
        }

        MemoryMarshal.Write(attributes[12..], (ushort)8);
        MemoryMarshal.Write(attributes[14..], AttributeBridge);
        MemoryMarshal.Write(attributes[16..], bridge);
    }
}
