using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace VirtNet.Linux.Netlink;

/// <summary>
/// Writes netlink messages one after the other into one buffer, so that one send carries them all. Pass it by ref.
/// Numbers are in the machine's own byte order, as netlink wants them.
/// </summary>
/// <param name="before">The sequence number before that of the first message.</param>
internal ref struct NetlinkWriter(Span<byte> buffer, uint before = 0)
{
    public const int HeaderLength = 16;

    private readonly Span<byte> _buffer = buffer;
    private readonly uint _before = before;
    private int _position;
    private int _message;

    /// <summary>Set by the first write that does not fit and never cleared, so callers check once, at the end.</summary>
    public bool Overflowed { get; private set; }

    public int MessageCount { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[.._position];

    /// <summary>Sequence numbers count up, from 1 as a rule: an answer names the message of the batch that it belongs to.</summary>
    public void BeginMessage(NetlinkType type, NetlinkFlags flags)
    {
        _message = _position;
        MessageCount++;
        WriteUInt32(0); // length, patched by EndMessage
        WriteUInt16((ushort)type);
        WriteUInt16((ushort)(flags | NetlinkFlags.Request));
        WriteUInt32(_before + (uint)MessageCount);
        WriteUInt32(0); // port: the kernel fills it in
    }

    public readonly void EndMessage()
    {
        if (!Overflowed)
        {
            MemoryMarshal.Write(_buffer[_message..], (uint)(_position - _message));
        }
    }

    public void WriteByte(byte value)
    {
        Span<byte> target = Take(1);
        if (!target.IsEmpty)
        {
            target[0] = value;
        }
    }

    public void WriteUInt16(ushort value) => Write(value);

    public void WriteUInt32(uint value) => Write(value);

    public void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        Span<byte> target = Take(bytes.Length);
        if (target.Length == bytes.Length)
        {
            bytes.CopyTo(target);
        }
    }

    public void WriteZeros(int count) => Take(count).Clear();

    public void WriteAttribute(int type, scoped ReadOnlySpan<byte> value)
    {
        WriteUInt16((ushort)(value.Length + 4));
        WriteUInt16((ushort)type);
        WriteBytes(value);
        Take(-value.Length & 3).Clear();
    }

    public void WriteAttribute(int type, byte value) => WriteAttribute(type, [value]);

    public void WriteAttribute(int type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        MemoryMarshal.Write(bytes, value);
        WriteAttribute(type, bytes);
    }

    /// <summary>Zero-terminated, as the kernel wants strings.</summary>
    public void WriteAttribute(int type, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        WriteUInt16((ushort)(length + 5));
        WriteUInt16((ushort)type);
        Span<byte> target = Take(length + 1);
        if (!target.IsEmpty)
        {
            Encoding.UTF8.GetBytes(text, target);
            target[length] = 0;
        }

        Take(-(length + 1) & 3).Clear();
    }

    /// <returns>The mark that <see cref="EndNested"/> wants.</returns>
    public int BeginNested(int type)
    {
        int mark = _position;
        WriteUInt16(0);
        WriteUInt16((ushort)type);
        return mark;
    }

    public readonly void EndNested(int mark)
    {
        if (!Overflowed)
        {
            MemoryMarshal.Write(_buffer[mark..], (ushort)(_position - mark));
        }
    }

    private void Write<T>(T value)
        where T : unmanaged
    {
        Span<byte> target = Take(Unsafe.SizeOf<T>());
        if (!target.IsEmpty)
        {
            MemoryMarshal.Write(target, value);
        }
    }

    private Span<byte> Take(int count)
    {
        if (Overflowed || count > _buffer.Length - _position)
        {
            Overflowed = true;
            return default;
        }

        _position += count;
        return _buffer.Slice(_position - count, count);
    }
}
