using System.Buffers.Binary;
using System.Net.Sockets;
using VirtNet.Fuzz.Engine;
using VirtNet.Rpc;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;

namespace VirtNet.Fuzz.Rpc;

/// <summary>What a client writes into its connection, in two pieces; the first octet tells where it is cut.</summary>
internal sealed class RpcStreamTarget : FuzzTarget
{
    private const int MaxPayload = 2048;

    public override string Name => "rpc-stream";

    public override int MaxLength => 16 * 1024;

    public override IEnumerable<byte[]> Seeds =>
    [
        [0, .. Packet(0)], [9, .. Packet(20), .. Packet(3)], [40, .. Packet(MaxPayload), .. Packet(MaxPayload + 1), .. Packet(1)], [3, .. Packet(8000)],
    ];

    public override IReadOnlyList<byte[]> Words => [[0, 0, 0, 28], [0, 0, 0, 27], [2, 0, 0, 4], [2, 0, 0, 5], [0, 0, 0x10, 0], [0x80, 0, 0, 0]];

    // Sockets, and buffers for what has arrived.
    public override long AllocationBound(int length) => 64 * 1024;

    public override void Decode(ReadOnlySpan<byte> input)
    {
        (Socket client, Socket server) = Pair();
        using (client)
        using (server)
        using (PacketReader reader = new(server, MaxPayload))
        {
            ReadOnlySpan<byte> stream = input[Math.Min(1, input.Length)..];
            int cut = input.IsEmpty ? 0 : Math.Min(input[0] * 16, stream.Length);
            client.Send(stream[..cut]);
            client.Send(stream[cut..]);
            client.Shutdown(SocketShutdown.Send);
            ReadAll(reader, stream);
        }
    }

    /// <summary>The reader must find the packets that are there.</summary>
    private static void ReadAll(PacketReader reader, ReadOnlySpan<byte> stream)
    {
        while (true)
        {
            PacketReadStatus status = reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
            uint length = stream.Length >= PacketHeader.LengthSize ? BinaryPrimitives.ReadUInt32BigEndian(stream) : 0;
            bool whole = stream.Length >= PacketHeader.Size && length <= Math.Min((uint)stream.Length, RpcLimits.Packet);
            if (status != PacketReadStatus.Packet)
            {
                Require.That(
                    stream.Length < PacketHeader.LengthSize || !whole || length < PacketHeader.Size, "a whole packet is read");
                return;
            }

            int payload = (int)length - PacketHeader.Size;
            Require.Equal(payload > MaxPayload, reader.PayloadDropped, "a payload is dropped where it is too long");
            Require.That(
                reader.PayloadDropped || reader.Payload.Span.SequenceEqual(stream.Slice(PacketHeader.Size, payload)), "a payload as it was sent");
            if (!whole)
            {
                return; // the head of one whose payload would be dropped
            }

            stream = stream[(int)length..];
        }
    }

    private static byte[] Packet(int payload)
    {
        byte[] packet = new byte[PacketHeader.Size + payload];
        BinaryPrimitives.WriteInt32BigEndian(packet, packet.Length);
        packet.AsSpan(PacketHeader.Size).Fill((byte)payload);
        return packet;
    }

    private static SocketPair Pair()
    {
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        UnixDomainSocketEndPoint name = new($"\0virtnet-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        listener.Bind(name);
        listener.Listen(1);
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(name);
        return new SocketPair(client, listener.Accept());
    }

    private sealed record SocketPair(Socket Client, Socket Server);
}
