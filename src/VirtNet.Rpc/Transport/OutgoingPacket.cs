using System.Buffers.Binary;
using VirtNet.Rpc.Protocol;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Transport;

/// <summary>
/// A complete packet in a buffer of <see cref="PacketBuffers"/>. Whoever holds it last calls <see cref="Release"/>,
/// once.
/// </summary>
internal readonly struct OutgoingPacket
{
    private readonly byte[] _buffer;

    private OutgoingPacket(byte[] buffer, int length)
    {
        _buffer = buffer;
        Length = length;
    }

    public int Length { get; }

    /// <summary>What the packet takes in memory.</summary>
    public int Size => _buffer.Length;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    /// <summary>False when the body exceeds the protocol's limits.</summary>
    public static bool TryEncode<TBody>(PacketHeader header, TBody body, out OutgoingPacket packet)
        where TBody : IXdrMessage<TBody>
    {
        XdrWriter writer = new(RpcLimits.Packet);
        writer.WriteInt32(0); // the length, known at the end
        header.Write(ref writer);
        body.Write(ref writer);
        if (writer.Overflowed)
        {
            writer.Dispose();
            packet = default;
            return false;
        }

        int length = writer.Length;
        writer.PatchInt32(0, length);
        packet = new OutgoingPacket(writer.Detach(), length);
        return true;
    }

    /// <summary>Another packet that differs in one number, in a buffer of its own.</summary>
    public OutgoingPacket CopyWithInt32(int offset, int value)
    {
        byte[] copy = PacketBuffers.Rent(Length);
        Bytes.Span.CopyTo(copy);
        BinaryPrimitives.WriteInt32BigEndian(copy.AsSpan(offset), value);
        return new OutgoingPacket(copy, Length);
    }

    public void Release() => PacketBuffers.Return(_buffer);
}
