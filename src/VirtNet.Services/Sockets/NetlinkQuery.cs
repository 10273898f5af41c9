using VirtNet.Linux;
using VirtNet.Linux.Netlink;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Asks the kernel for one entry of a table (rtnetlink): a few microseconds, whatever the size of the table. Not safe for
/// several threads.
/// </summary>
internal sealed unsafe class NetlinkQuery : IDisposable
{
    /// <summary>Room for any question that is asked here.</summary>
    public const int MaxRequest = 96;

    private const int MaxAnswer = 1024;

    private readonly FileDescriptor _socket = NetlinkSocket.OpenToAsk(waits: false);
    private readonly byte[] _answer = new byte[MaxAnswer];
    private uint _asked;

    /// <summary>Begins a question.</summary>
    /// <param name="buffer">Of <see cref="MaxRequest"/> octets.</param>
    public NetlinkWriter Begin(Span<byte> buffer) => new(buffer, _asked++);

    /// <summary>Asks for an answer of this type; false if there is no such entry, or the kernel does not know the question.</summary>
    /// <param name="fixedLength">Of the struct that stands before the attributes.</param>
    /// <param name="entry">Valid until the next question.</param>
    public bool TryAsk(in NetlinkWriter question, NetlinkType type, int fixedLength, out NetlinkEntry entry)
    {
        entry = default;
        fixed (byte* request = question.Written, answer = _answer)
        {
            if (Libc.Send(_socket, request, (nuint)question.Written.Length, Libc.MsgDontWait) < 0)
            {
                return false;
            }

            // The kernel answers before the call returns. What is older belongs to a question that was given up.
            while (Libc.Receive(_socket, answer, MaxAnswer, Libc.MsgDontWait) is > 0 and var length)
            {
                foreach (NetlinkMessage message in new NetlinkMessages(_answer.AsSpan(0, (int)length)))
                {
                    if (message.Sequence == _asked)
                    {
                        return NetlinkEntry.TryRead(message, type, fixedLength, out entry);
                    }
                }
            }
        }

        return false;
    }

    public void Dispose() => _socket.Dispose();
}

/// <summary>A borrowed look at an entry of a table.</summary>
internal readonly ref struct NetlinkEntry(ReadOnlySpan<byte> payload, int fixedLength)
{
    private readonly ReadOnlySpan<byte> _payload = payload;

    /// <summary>The struct before the attributes.</summary>
    public ReadOnlySpan<byte> Fixed => _payload[..fixedLength];

    /// <summary>False if the message is not of this type.</summary>
    public static bool TryRead(scoped in NetlinkMessage message, NetlinkType type, int fixedLength, out NetlinkEntry entry)
    {
        bool isMeant = message.Type == type && message.Payload.Length >= fixedLength;
        entry = isMeant ? new NetlinkEntry(message.Payload, fixedLength) : default;
        return isMeant;
    }

    /// <summary>The value of an attribute; empty if it is not there.</summary>
    public ReadOnlySpan<byte> Find(int attribute) => NetlinkAttributes.Find(_payload[fixedLength..], attribute);
}
