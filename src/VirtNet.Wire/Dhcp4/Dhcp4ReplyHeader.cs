using System.Text;

namespace VirtNet.Wire.Dhcp4;

/// <summary>The fixed fields of a server's message; addresses are numbers in host order, 0 = none.</summary>
public readonly record struct Dhcp4ReplyHeader
{
    private const byte BootReply = 2;

    private const byte Ethernet = 1;

    /// <summary>Room for the file name, its final zero included.</summary>
    public const int FileLength = 128;

    /// <summary>The same for the server's name.</summary>
    public const int ServerNameLength = 64;

    public uint TransactionId { get; init; }

    public bool Broadcast { get; init; }

    public uint ClientAddress { get; init; }

    public uint YourAddress { get; init; }

    public uint NextServer { get; init; }

    public uint RelayAddress { get; init; }

    /// <summary>Boot file name, in UTF-8 at most <see cref="FileLength"/> - 1 octets; cut off beyond.</summary>
    public string? File { get; init; }

    /// <summary>The server's name, in UTF-8 at most <see cref="ServerNameLength"/> - 1 octets; cut off beyond.</summary>
    public string? ServerName { get; init; }

    /// <summary>Writes header and cookie; options follow. File and name are never used for options.</summary>
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
        WriteText(ServerName, writer.Reserve(ServerNameLength));
        WriteText(File, writer.Reserve(FileLength));
        writer.WriteUInt32(Dhcp4Message.Cookie);
    }

    private static void WriteText(string? text, Span<byte> field)
    {
        if (text is not null && !field.IsEmpty)
        {
            // One that does not fit fills what fits; the last octet stays zero.
            Encoding.UTF8.TryGetBytes(text, field[..^1], out _);
        }
    }
}
