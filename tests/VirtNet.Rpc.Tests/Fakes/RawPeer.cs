using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace VirtNet.Rpc.Tests.Fakes;

/// <summary>One end of a connection, written apart from the product's codecs so that it can judge them.</summary>
internal sealed class RawPeer(Socket socket) : IDisposable
{
    public const uint Remote = 0x20008086;
    public const uint KeepAlive = 0x6b656570;
    public const uint VirtNet = 0x76697274;

    private uint _serial = 100;

    public Socket Socket => socket;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<uint> SendCallAsync(int procedure, Payload? payload = null, uint program = Remote)
    {
        await SendAsync(new RawPacket(program, 1, procedure, 0, _serial, 0, (payload ?? new Payload()).ToArray()));
        return _serial++;
    }

    public async Task<RawPacket> CallAsync(int procedure, Payload? payload = null, uint program = Remote)
    {
        uint serial = await SendCallAsync(procedure, payload, program);
        RawPacket reply = await ReceiveAsync();
        Assert.Equal((program, 1u, procedure, 1, serial), (reply.Program, reply.Version, reply.Procedure, reply.Type, reply.Serial));
        return reply;
    }

    public Task SendAsync(RawPacket packet) => SendBytesAsync(packet.ToArray());

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, Token)..];
        }
    }

    public async Task<RawPacket> ReceiveAsync() =>
        await TryReceiveAsync() ?? throw new EndOfStreamException("the connection was closed");

    /// <summary>Null when the other side has closed the connection.</summary>
    public async Task<RawPacket?> TryReceiveAsync()
    {
        byte[] length = new byte[4];
        if (!await FillAsync(length))
        {
            return null;
        }

        byte[] rest = new byte[BinaryPrimitives.ReadUInt32BigEndian(length) - 4];
        Assert.True(await FillAsync(rest));
        return RawPacket.Parse(rest);
    }

    public async Task AssertClosedAsync() => Assert.Null(await TryReceiveAsync());

    public void Dispose() => socket.Dispose();

    private async Task<bool> FillAsync(Memory<byte> buffer)
    {
        try
        {
            while (buffer.Length > 0)
            {
                int received = await socket.ReceiveAsync(buffer, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token);
                if (received == 0)
                {
                    return false;
                }

                buffer = buffer[received..];
            }

            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return false;
        }
    }
}

internal sealed record RawPacket(
    uint Program, uint Version, int Procedure, int Type, uint Serial, int Status, byte[] Payload)
{
    public static RawPacket Parse(ReadOnlySpan<byte> afterLength) => new(
        BinaryPrimitives.ReadUInt32BigEndian(afterLength),
        BinaryPrimitives.ReadUInt32BigEndian(afterLength[4..]),
        BinaryPrimitives.ReadInt32BigEndian(afterLength[8..]),
        BinaryPrimitives.ReadInt32BigEndian(afterLength[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(afterLength[16..]),
        BinaryPrimitives.ReadInt32BigEndian(afterLength[20..]),
        afterLength[24..].ToArray());

    public byte[] ToArray() => new Payload()
        .UInt((uint)Payload.Length + 28).UInt(Program).UInt(Version).Int(Procedure).Int(Type).UInt(Serial).Int(Status)
        .Raw(Payload).ToArray();

    /// <summary>The error's code, domain and text; fails the test when the packet is not an error.</summary>
    public (int Code, int Domain, string Message) Error()
    {
        Assert.Equal(1, Status);
        int length = BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(12));
        return (
            BinaryPrimitives.ReadInt32BigEndian(Payload),
            BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(4)),
            Encoding.UTF8.GetString(Payload, 16, length));
    }

    public int Int(int offset = 0) => BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(offset));
}

/// <summary>Builds XDR by hand.</summary>
internal sealed class Payload
{
    private readonly List<byte> _bytes = [];

    public Payload UInt(uint value)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(word, value);
        _bytes.AddRange(word);
        return this;
    }

    public Payload Int(int value) => UInt((uint)value);

    public Payload Long(long value) => UInt((uint)(value >> 32)).UInt((uint)value);

    public Payload String(string value) => String(Encoding.UTF8.GetBytes(value));

    public Payload String(byte[] value)
    {
        UInt((uint)value.Length);
        Raw(value);
        return Raw(new byte[-value.Length & 3]);
    }

    public Payload Optional(string? value) => value is null ? UInt(0) : UInt(1).String(value);

    public Payload Uuid(Guid value) => Raw(value.ToByteArray(bigEndian: true));

    public Payload Network(string name, Guid uuid) => String(name).Uuid(uuid);

    public Payload Raw(byte[] value)
    {
        _bytes.AddRange(value);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];
}
