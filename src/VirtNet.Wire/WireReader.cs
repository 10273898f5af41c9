using System.Buffers.Binary;

namespace VirtNet.Wire;

/// <summary>
/// Forward cursor over one datagram, numbers in network order. Pass it by ref: a copy forks the position. A read beyond
/// the end yields zero or nothing and sets <see cref="Failed"/>.
/// </summary>
public ref struct WireReader(ReadOnlySpan<byte> buffer)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;
    private int _position;

    /// <summary>Set by the first bad read and never cleared, so callers check once, at the end.</summary>
    public bool Failed { get; private set; }

    public readonly int Remaining => Failed ? 0 : _buffer.Length - _position;

    /// <summary>Octets read so far.</summary>
    public readonly int Position => _position;

    /// <summary>The whole datagram, for formats that point backwards (DNS names).</summary>
    public readonly ReadOnlySpan<byte> Buffer => _buffer;

    /// <summary>Marks the datagram as bad: the bytes were there, what they say is not allowed.</summary>
    public void Fail() => Failed = true;

    public byte ReadByte()
    {
        ReadOnlySpan<byte> octet = ReadBytes(1);
        return octet.IsEmpty ? (byte)0 : octet[0];
    }

    public ushort ReadUInt16() => BinaryPrimitives.TryReadUInt16BigEndian(ReadBytes(2), out ushort value) ? value : (ushort)0;

    public uint ReadUInt32() => BinaryPrimitives.TryReadUInt32BigEndian(ReadBytes(4), out uint value) ? value : 0;

    public ulong ReadUInt64() => BinaryPrimitives.TryReadUInt64BigEndian(ReadBytes(8), out ulong value) ? value : 0;

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            Failed = true;
            return default;
        }

        _position += count;
        return _buffer.Slice(_position - count, count);
    }

    /// <summary>All that is left.</summary>
    public ReadOnlySpan<byte> ReadRest() => ReadBytes(Remaining);

    public void Skip(int count) => ReadBytes(count);
}
