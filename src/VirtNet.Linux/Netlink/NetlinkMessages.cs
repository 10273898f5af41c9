using System.Runtime.InteropServices;

namespace VirtNet.Linux.Netlink;

/// <summary>A borrowed look at one message; valid as long as its datagram is.</summary>
internal readonly ref struct NetlinkMessage(NetlinkType type, NetlinkFlags flags, uint sequence, ReadOnlySpan<byte> payload)
{
    public NetlinkType Type { get; } = type;

    public NetlinkFlags Flags { get; } = flags;

    public uint Sequence { get; } = sequence;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>Of an announcement: the socket whose request caused it; 0 = the kernel itself.</summary>
    public uint Port { get; init; }

    /// <summary>Of an acknowledgement or the end of a dump: 0 or a positive errno.</summary>
    public int Errno => Payload.Length >= 4 ? -MemoryMarshal.Read<int>(Payload) : 0;
}

/// <summary>Walks the messages of one datagram; ends at the first that is cut short.</summary>
internal ref struct NetlinkMessages(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    public NetlinkMessage Current { get; private set; }

    /// <summary>The first messages of a datagram, at most so many.</summary>
    /// <param name="count">How many they are.</param>
    public static ReadOnlySpan<byte> First(ReadOnlySpan<byte> datagram, int limit, out int count)
    {
        NetlinkMessages messages = new(datagram);
        for (count = 0; count < limit && messages.MoveNext(); count++)
        {
        }

        return datagram[..^messages._rest.Length];
    }

    public readonly NetlinkMessages GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < NetlinkWriter.HeaderLength)
        {
            return false;
        }

        uint length = MemoryMarshal.Read<uint>(_rest);
        if (length < NetlinkWriter.HeaderLength || length > (uint)_rest.Length)
        {
            return false;
        }

        Current = new NetlinkMessage(
            (NetlinkType)MemoryMarshal.Read<ushort>(_rest[4..]),
            (NetlinkFlags)MemoryMarshal.Read<ushort>(_rest[6..]),
            MemoryMarshal.Read<uint>(_rest[8..]),
            _rest[NetlinkWriter.HeaderLength..(int)length])
        {
            Port = MemoryMarshal.Read<uint>(_rest[12..]),
        };
        _rest = _rest[Math.Min(NetlinkAttributes.Aligned((int)length), _rest.Length)..];
        return true;
    }
}
