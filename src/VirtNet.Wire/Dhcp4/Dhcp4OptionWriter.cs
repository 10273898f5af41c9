using System.Text;

namespace VirtNet.Wire.Dhcp4;

/// <summary>Appends single options to a message. One that does not fit is left out whole, and the rest goes on.</summary>
public static class Dhcp4OptionWriter
{
    /// <summary>Shorter messages are padded: some old clients and relays drop them (RFC 1542, 2.1).</summary>
    public const int MinMessageLength = 300;

    /// <returns>Whether it fits.</returns>
    public static bool WriteOption(this ref WireWriter writer, Dhcp4OptionCode code, scoped ReadOnlySpan<byte> value)
    {
        // One octet is kept for the End option.
        if (value.Length > byte.MaxValue || value.Length + 3 > writer.Remaining)
        {
            return false;
        }

        writer.WriteByte((byte)code);
        writer.WriteByte((byte)value.Length);
        writer.WriteBytes(value);
        return true;
    }

    public static void WriteOption(this ref WireWriter writer, Dhcp4OptionCode code, byte value) =>
        writer.WriteOption(code, [value]);

    public static void WriteOption(this ref WireWriter writer, Dhcp4OptionCode code, ushort value) =>
        writer.WriteOption(code, [(byte)(value >> 8), (byte)value]);

    public static void WriteOption(this ref WireWriter writer, Dhcp4OptionCode code, uint value) =>
        writer.WriteOption(code, [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);

    /// <summary>Text without a final zero (RFC 2132, 2); more than 255 octets are left out.</summary>
    public static void WriteOption(this ref WireWriter writer, Dhcp4OptionCode code, string text)
    {
        Span<byte> octets = stackalloc byte[byte.MaxValue];
        if (Encoding.UTF8.TryGetBytes(text, octets, out int count) && count > 0)
        {
            writer.WriteOption(code, octets[..count]);
        }
    }

    /// <summary>The End option, and zeros up to <see cref="MinMessageLength"/>.</summary>
    public static void WriteEnd(this ref WireWriter writer)
    {
        writer.WriteByte((byte)Dhcp4OptionCode.End);
        writer.WriteZeros(Math.Max(0, MinMessageLength - writer.Position));
    }
}
