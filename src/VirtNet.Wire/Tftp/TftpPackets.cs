using System.Globalization;
using System.Text;

namespace VirtNet.Wire.Tftp;

/// <summary>The packets that a read-only server sends, and the acknowledgement that it reads.</summary>
public static class TftpPackets
{
    /// <summary>Octets before a block's data.</summary>
    public const int DataHeaderLength = 4;

    public static void WriteDataHeader(ref WireWriter writer, ushort block)
    {
        writer.WriteUInt16((ushort)TftpOpcode.Data);
        writer.WriteUInt16(block);
    }

    public static void WriteError(ref WireWriter writer, TftpError error, string message)
    {
        writer.WriteUInt16((ushort)TftpOpcode.Error);
        writer.WriteUInt16((ushort)error);
        WriteText(ref writer, message);
    }

    /// <summary>Begins a confirmation of options; each follows with <see cref="WriteOption"/>.</summary>
    public static void WriteOptionHeader(ref WireWriter writer) => writer.WriteUInt16((ushort)TftpOpcode.OptionAcknowledgement);

    public static void WriteOption(ref WireWriter writer, string name, long value)
    {
        WriteText(ref writer, name);
        WriteText(ref writer, value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads an acknowledgement; false for any other packet.</summary>
    public static bool TryParseAcknowledgement(ReadOnlySpan<byte> packet, out ushort block)
    {
        WireReader reader = new(packet);
        bool isAcknowledgement = reader.ReadUInt16() == (ushort)TftpOpcode.Acknowledgement;
        block = reader.ReadUInt16();
        return isAcknowledgement && !reader.Failed;
    }

    private static void WriteText(ref WireWriter writer, string text)
    {
        writer.WriteBytes(Encoding.UTF8.GetBytes(text));
        writer.WriteByte(0);
    }
}
