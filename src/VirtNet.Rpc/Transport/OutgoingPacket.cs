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

    public void Release() => PacketBuffers.Return(_buffer);
}
