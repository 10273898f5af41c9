using System.Text;

namespace VirtNet.Wire.Dhcp4;

/// <summary>The fixed fields of a server's message; addresses are numbers in host order, 0 = none.</summary>
public readonly record struct Dhcp4ReplyHeader
{
    private const byte BootReply = 2;

    private const byte Ethernet = 1;

    /// <summary>Room for the file name, its final zero included.</summary>
    public const int FileLength = 128;

    public uint TransactionId { get; init; }

    public bool Broadcast { get; init; }

    public uint ClientAddress { get; init; }

    public uint YourAddress { get; init; }

    public uint NextServer { get; init; }

    public uint RelayAddress { get; init; }

    /// <summary>Boot file name, in UTF-8 at most <see cref="FileLength"/> - 1 octets; cut off beyond.</summary>
    public string? File { get; init; }

    /// <summary>Writes header and cookie; options follow. sname stays empty: it is never used for options.</summary>
    public void Write(ref WireWriter writer, ReadOnlySpan<byte> hardwareAddress)
    {
        writer.WriteByte(BootReply);
        writer.WriteByte(Ethernet);
        writer.WriteByte((byte)hardwareAddress.Length);
        writer.WriteByte(0);
        writer.WriteUInt32(TransactionId);
        writer.WriteUInt16(0);
        writer.WriteUInt16(Broadcast ? (ushort)0x8000 : (ushort)0);
        writer.WriteUInt32(ClientAddress);
        writer.WriteUInt32(YourAddress);
        writer.WriteUInt32(NextServer);
        writer.WriteUInt32(RelayAddress);
        writer.WriteBytes(hardwareAddress);
        writer.WriteZeros(16 - hardwareAddress.Length);
        writer.WriteZeros(64);
        Span<byte> file = writer.Reserve(FileLength);
        if (File is not null && !file.IsEmpty)
        {
            // A name that does not fit fills what fits; the last octet stays zero.
            Encoding.UTF8.TryGetBytes(File, file[..^1], out _);
        }

        writer.WriteUInt32(Dhcp4Message.Cookie);
    }
}
