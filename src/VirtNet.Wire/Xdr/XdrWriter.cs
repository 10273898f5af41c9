using System.Buffers.Binary;
using System.Text;

namespace VirtNet.Wire.Xdr;

/// <summary>
/// Writes XDR data (RFC 4506) into a growing buffer of <see cref="PacketBuffers"/>. Pass it by ref: a copy forks the
/// position. The writer owns the buffer until <see cref="Detach"/> hands it to the caller; <see cref="Dispose"/>
/// returns it.
/// </summary>
/// <param name="limit">
/// The most bytes that may be written. What does not fit sets <see cref="Overflowed"/>, and later writes do nothing.
/// </param>
public ref struct XdrWriter(int limit, int capacity = 256)
{
    private const int UuidLength = 16;

    private readonly int _limit = limit;
    private byte[] _buffer = PacketBuffers.Rent(Math.Min(capacity, limit));
    private int _length;

    /// <summary>Set by the first write beyond a limit and never cleared, so callers check once, at the end.</summary>
    public bool Overflowed { get; private set; }

    public readonly int Length => _length;

    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void WriteInt32(int value) => BinaryPrimitives.TryWriteInt32BigEndian(Grow(sizeof(int)), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.TryWriteUInt32BigEndian(Grow(sizeof(uint)), value);

    public void WriteInt64(long value) => BinaryPrimitives.TryWriteInt64BigEndian(Grow(sizeof(long)), value);

    public void WriteUInt64(ulong value) => BinaryPrimitives.TryWriteUInt64BigEndian(Grow(sizeof(ulong)), value);

    public void WriteDouble(double value) => BinaryPrimitives.TryWriteDoubleBigEndian(Grow(sizeof(double)), value);

    public void WriteBoolean(bool value) => WriteInt32(value ? 1 : 0);

    public void WriteUuid(Guid value) => value.TryWriteBytes(Grow(UuidLength), bigEndian: true, out _);

    public void WriteFixedOpaque(ReadOnlySpan<byte> value)
    {
        Span<byte> target = Grow(value.Length + XdrPadding.After(value.Length));
        if (!Overflowed)
        {
            value.CopyTo(target);
            target[value.Length..].Clear();
        }
    }

    /// <param name="maxLength">The protocol's limit in bytes; a longer string overflows.</param>
    public void WriteString(string value, int maxLength)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        if (length > maxLength)
        {
            Overflowed = true;
            return;
        }

        WriteInt32(length);
        Span<byte> target = Grow(length + XdrPadding.After(length));
        if (!Overflowed)
        {
            Encoding.UTF8.GetBytes(value, target);
            target[length..].Clear();
        }
    }

    public void WriteOptionalString(string? value, int maxLength)
    {
        WriteBoolean(value is not null);
        if (value is not null)
        {
            WriteString(value, maxLength);
        }
    }

    /// <summary>The element count before an array; too many elements overflow.</summary>
    public void WriteCount(int count, int maxCount)
    {
        if (count > maxCount)
        {
            Overflowed = true;
        }

        WriteInt32(count);
    }

    /// <summary>Fills in a number whose value was not known when its place was written.</summary>
    public readonly void PatchInt32(int position, int value) =>
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position, sizeof(int)), value);

    /// <summary>Goes back to an earlier length, forgetting what was written since and any overflow.</summary>
    public void Rewind(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)_length);
        _length = length;
        Overflowed = false;
    }

    /// <summary>Hands the buffer to the caller, who returns it to <see cref="PacketBuffers"/>.</summary>
    public byte[] Detach()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _length = 0;
        Overflowed = true;
        return buffer;
    }

    public void Dispose() => PacketBuffers.Return(Detach());

    private Span<byte> Grow(int count)
    {
        if (Overflowed || count > _limit - _length)
        {
            Overflowed = true;
            return default;
        }

        if (count > _buffer.Length - _length)
        {
            long size = Math.Max(2L * _buffer.Length, _length + count);
            byte[] larger = PacketBuffers.Rent((int)Math.Min(_limit, size));
            Written.CopyTo(larger);
            PacketBuffers.Return(_buffer);
            _buffer = larger;
        }

        _length += count;
        return _buffer.AsSpan(_length - count, count);
    }
}
