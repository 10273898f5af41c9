using System.Buffers.Binary;
using System.Text;

namespace VirtNet.Wire.Xdr;

/// <summary>
/// Forward cursor over XDR data (RFC 4506). Pass it by ref: a copy forks the position. A bad read never throws: it sets
/// <see cref="Failed"/>, and every later read gives zero or nothing.
/// </summary>
public ref struct XdrReader(ReadOnlySpan<byte> buffer)
{
    private const int UuidLength = 16;

    private static readonly Encoding Document = Encoding.GetEncoding(
        Encoding.UTF8.WebName, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFF"));

    private readonly ReadOnlySpan<byte> _buffer = buffer;
    private int _position;

    /// <summary>Set by the first bad read and never cleared, so callers check once, at the end.</summary>
    public bool Failed { get; private set; }

    public readonly int Remaining => Failed ? 0 : _buffer.Length - _position;

    /// <summary>For callers that find a well-formed value that cannot be, such as an unknown union arm.</summary>
    public void Fail() => Failed = true;

    public int ReadInt32() => BinaryPrimitives.TryReadInt32BigEndian(ReadBytes(sizeof(int)), out int value) ? value : 0;

    public uint ReadUInt32() =>
        BinaryPrimitives.TryReadUInt32BigEndian(ReadBytes(sizeof(uint)), out uint value) ? value : 0;

    public long ReadInt64() =>
        BinaryPrimitives.TryReadInt64BigEndian(ReadBytes(sizeof(long)), out long value) ? value : 0;

    public ulong ReadUInt64() =>
        BinaryPrimitives.TryReadUInt64BigEndian(ReadBytes(sizeof(ulong)), out ulong value) ? value : 0;

    public double ReadDouble() =>
        BinaryPrimitives.TryReadDoubleBigEndian(ReadBytes(sizeof(double)), out double value) ? value : 0;

    /// <summary>
    /// A boolean, or the flag before an optional value. Any number but zero is true: go-libvirt writes 0x01000000.
    /// </summary>
    public bool ReadBoolean() => ReadUInt32() != 0;

    /// <summary>Opaque data of a fixed length, without its padding.</summary>
    public ReadOnlySpan<byte> ReadFixedOpaque(int length)
    {
        ReadOnlySpan<byte> value = ReadBytes(length);
        ReadBytes(XdrPadding.After(length));
        return value;
    }

    public Guid ReadUuid()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(UuidLength);
        return Failed ? Guid.Empty : new Guid(bytes, bigEndian: true);
    }

    /// <summary>The element count before an array.</summary>
    /// <param name="maxCount">The protocol's limit for this array.</param>
    /// <param name="minElementSize">
    /// What an element takes at least, in bytes: a count that the rest of the data cannot hold fails here, before
    /// anything is allocated for it.
    /// </param>
    public int ReadCount(int maxCount, int minElementSize)
    {
        uint count = ReadUInt32();
        if (count > (uint)maxCount || (long)count * minElementSize > Remaining)
        {
            Failed = true;
            return 0;
        }

        return (int)count;
    }

    /// <summary>
    /// A byte length, the bytes, zeros up to a multiple of four (RFC 4506, 4.11). Bytes that are not UTF-8 become
    /// U+FFFD, and an embedded NUL ends the string, as it does for libvirt.
    /// </summary>
    /// <param name="maxLength">The protocol's limit in bytes; a longer string fails.</param>
    public string ReadString(int maxLength) => ReadString(maxLength, Encoding.UTF8);

    /// <summary>
    /// A string that is XML. What is not UTF-8 becomes U+FFFF, which no document may hold: it is refused, not kept with other text.
    /// </summary>
    public string ReadDocument(int maxLength) => ReadString(maxLength, Document);

    private string ReadString(int maxLength, Encoding encoding)
    {
        uint length = ReadUInt32();
        if (length > (uint)maxLength)
        {
            Failed = true; // never trust a length: the caller always names the limit
            return "";
        }

        ReadOnlySpan<byte> bytes = ReadFixedOpaque((int)length);
        if (Failed)
        {
            return "";
        }

        int end = bytes.IndexOf((byte)0);
        return encoding.GetString(end < 0 ? bytes : bytes[..end]);
    }

    public string? ReadOptionalString(int maxLength) => ReadBoolean() ? ReadString(maxLength) : null;

    private ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            Failed = true;
            return default;
        }

        _position += count;
        return _buffer.Slice(_position - count, count);
    }
}
