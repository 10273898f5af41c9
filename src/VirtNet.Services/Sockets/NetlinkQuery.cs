using System.Runtime.InteropServices;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Asks the kernel for one entry of a table (rtnetlink): a few microseconds, whatever the size of the table. Not safe for
/// several threads.
/// </summary>
internal sealed unsafe class NetlinkQuery : IDisposable
{
    public const int NetlinkRoute = 0;
    public const int HeaderLength = 16; // struct nlmsghdr

    private const int AttributeHeaderLength = 4;
    private const int MaxRequest = 96;
    private const int MaxAnswer = 1024;
    private const ushort Request = 1; // NLM_F_REQUEST

    private readonly FileDescriptor _socket = Libc.Checked(
        Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockNonBlocking | Libc.SockCloseOnExec, NetlinkRoute), "socket(netlink)");

    private readonly byte[] _request = new byte[MaxRequest];
    private readonly byte[] _answer = new byte[MaxAnswer];
    private int _length;
    private int _sequence;

    /// <summary>Begins a question.</summary>
    /// <param name="type">RTM_GET…</param>
    /// <param name="fixedLength">Of the struct that stands before the attributes.</param>
    /// <returns>Where that struct goes.</returns>
    public Span<byte> Begin(ushort type, int fixedLength)
    {
        Array.Clear(_request);
        MemoryMarshal.Write(_request.AsSpan(4), type);
        MemoryMarshal.Write(_request.AsSpan(6), Request);
        _length = HeaderLength + fixedLength;
        return _request.AsSpan(HeaderLength, fixedLength);
    }

    /// <summary>Adds an attribute.</summary>
    /// <returns>Where its value goes.</returns>
    public Span<byte> Add(ushort attribute, int length)
    {
        Span<byte> place = _request.AsSpan(_length, AttributeHeaderLength + length);
        MemoryMarshal.Write(place, (ushort)place.Length);
        MemoryMarshal.Write(place[2..], attribute);
        _length += Align(place.Length);
        return place[AttributeHeaderLength..];
    }

    /// <summary>Asks for an answer of this type; false if there is no such entry, or the kernel does not know the question.</summary>
    /// <param name="type">RTM_NEW…</param>
    public bool TryAsk(ushort type, int fixedLength, out Entry entry)
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
                if (length >= HeaderLength && MemoryMarshal.Read<int>(message[8..]) == _sequence)
                {
                    return TryRead(message, type, fixedLength, out entry);
                }
            }
        }

        return false;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Reads a whole answer, header included; false if it is not of this type.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> message, ushort type, int fixedLength, out Entry entry)
    {
        bool isMeant = message.Length >= HeaderLength + fixedLength && MemoryMarshal.Read<ushort>(message[4..]) == type;
        entry = isMeant ? new Entry(message[HeaderLength..], fixedLength) : default;
        return isMeant;
    }

    private static int Align(int length) => (length + 3) & ~3;

    /// <summary>A borrowed look at an answer, valid until the next question.</summary>
    public readonly ref struct Entry(ReadOnlySpan<byte> message, int fixedLength)
    {
        private readonly ReadOnlySpan<byte> _message = message;

        /// <summary>The struct before the attributes.</summary>
        public ReadOnlySpan<byte> Fixed => _message[..fixedLength];

        /// <summary>The value of an attribute; empty if it is not there.</summary>
        public ReadOnlySpan<byte> Find(ushort attribute)
        {
            for (int at = fixedLength; at + AttributeHeaderLength <= _message.Length;)
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

                at += Align(length);
            }

            return [];
        }
    }
}
