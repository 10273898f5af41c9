using System.Buffers.Binary;

namespace VirtNet.Wire;

/// <summary>
/// Forward cursor that fills a caller's buffer, numbers in network order. Pass it by ref: a copy forks the position. What
/// does not fit is left out and sets <see cref="Overflowed"/>; nothing is written after that.
/// </summary>
public ref struct WireWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _position;

    /// <summary>Set by the first write that did not fit; cleared only by <see cref="Rewind"/>.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Octets written so far.</summary>
    public readonly int Position => _position;

    public readonly int Remaining => Overflowed ? 0 : _buffer.Length - _position;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._position];

    public void WriteByte(byte value)
    {
        Span<byte> place = Reserve(1);
        if (!place.IsEmpty)
        {
            place[0] = value;
        }
    }

    public void WriteUInt16(ushort value) => BinaryPrimitives.TryWriteUInt16BigEndian(Reserve(2), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.TryWriteUInt32BigEndian(Reserve(4), value);

    public void WriteUInt64(ulong value) => BinaryPrimitives.TryWriteUInt64BigEndian(Reserve(8), value);

    public void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        Span<byte> place = Reserve(value.Length);
        if (!Overflowed)
        {
            value.CopyTo(place);
        }
    }

    public void WriteZeros(int count) => Reserve(count);

    /// <summary>
    /// Takes the next <paramref name="count"/> octets, zeroed, for the caller to fill now or later (a length known only
    /// afterwards). Empty when they do not fit.
    /// </summary>
    public Span<byte> Reserve(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            Overflowed = true;
            return default;
        }

        Span<byte> place = _buffer.Slice(_position, count);
        place.Clear();
        _position += count;
        return place;
    }

    /// <summary>Back to an earlier position, as if what came after, an overflow included, had not been written.</summary>
    public void Rewind(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)position, (uint)_position);
        _position = position;
        Overflowed = false;
    }
}
