using System.Runtime.InteropServices;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Asks the kernel for one entry of a neighbour or forwarding table (rtnetlink, RTM_GETNEIGH; Linux 5.0): some three
/// microseconds, whatever the size of the table. Not safe for several threads.
/// </summary>
internal sealed unsafe class NeighbourQuery : IDisposable
{
    public const ushort AttributeAddress = 1; // NDA_DST
    public const ushort AttributeMac = 2; // NDA_LLADDR
    public const ushort AttributeTimes = 3; // NDA_CACHEINFO: confirmed, used, updated, references
    public const ushort AttributeVlan = 5; // NDA_VLAN
    public const ushort AttributeBridge = 9; // NDA_MASTER

    private const int NetlinkRoute = 0;
    private const int HeaderLength = 16; // struct nlmsghdr
    private const int EntryLength = 12; // struct ndmsg
    private const int AttributeHeaderLength = 4;
    private const int MaxRequest = 96;
    private const int MaxAnswer = 512;
    private const ushort NewEntry = 28;
    private const ushort GetEntry = 30;
    private const ushort Request = 1; // NLM_F_REQUEST

    private readonly FileDescriptor _socket = Libc.Checked(
        Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockNonBlocking | Libc.SockCloseOnExec, NetlinkRoute), "socket(netlink)");

    private readonly byte[] _request = new byte[MaxRequest];
    private readonly byte[] _answer = new byte[MaxAnswer];
    private int _length;
    private int _sequence;

    /// <summary>Begins a question.</summary>
    public void Begin(byte family, int interfaceIndex)
    {
        Array.Clear(_request);
        MemoryMarshal.Write(_request.AsSpan(4), GetEntry);
        MemoryMarshal.Write(_request.AsSpan(6), Request);
        _request[HeaderLength] = family;
        MemoryMarshal.Write(_request.AsSpan(HeaderLength + 4), interfaceIndex);
        _length = HeaderLength + EntryLength;
    }

    /// <summary>Adds an attribute.</summary>
    /// <returns>Where its value goes.</returns>
    public Span<byte> Add(ushort attribute, int length)
    {
        Span<byte> place = _request.AsSpan(_length, AttributeHeaderLength + length);
        MemoryMarshal.Write(place, (ushort)place.Length);
        MemoryMarshal.Write(place[2..], attribute);
        _length += (place.Length + 3) & ~3;
        return place[AttributeHeaderLength..];
    }

    /// <summary>Asks; false if there is no such entry, or the kernel does not know the question.</summary>
    public bool TryAsk(out NeighbourEntry entry)
    {
        entry = default;
        MemoryMarshal.Write(_request, _length);
        MemoryMarshal.Write(_request.AsSpan(8), ++_sequence);
        fixed (byte* request = _request, answer = _answer)
        {
            if (Libc.Send(_socket, request, (nuint)_length, Libc.MsgDontWait) < 0)
            {
                return false;
            }

            // The kernel answers before the call returns. What is older belongs to a question that was given up.
            while (Libc.Receive(_socket, answer, MaxAnswer, Libc.MsgDontWait) is > 0 and var length)
            {
                ReadOnlySpan<byte> message = _answer.AsSpan(0, (int)length);
                if (length >= HeaderLength + EntryLength && MemoryMarshal.Read<int>(message[8..]) == _sequence)
                {
                    entry = new NeighbourEntry(message[HeaderLength..]);
                    return MemoryMarshal.Read<ushort>(message[4..]) == NewEntry;
                }
            }
        }

        return false;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>A borrowed look at an answer, valid until the next question.</summary>
    public readonly ref struct NeighbourEntry(ReadOnlySpan<byte> message)
    {
        private readonly ReadOnlySpan<byte> _message = message;

        public int InterfaceIndex => MemoryMarshal.Read<int>(_message[4..]);

        /// <summary>NUD_…</summary>
        public ushort State => MemoryMarshal.Read<ushort>(_message[8..]);

        /// <summary>The value of an attribute; empty if it is not there.</summary>
        public ReadOnlySpan<byte> Find(ushort attribute)
        {
            for (int at = EntryLength; at + AttributeHeaderLength <= _message.Length;)
            {
                int length = MemoryMarshal.Read<ushort>(_message[at..]);
                if (length < AttributeHeaderLength || at + length > _message.Length)
                {
                    break;
                }

                if (MemoryMarshal.Read<ushort>(_message[(at + 2)..]) == attribute)
                {
                    return _message.Slice(at + AttributeHeaderLength, length - AttributeHeaderLength);
                }

                at += (length + 3) & ~3;
            }

            return [];
        }
    }
}
