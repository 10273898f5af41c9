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

    /// <summary>Octets of a value of this length in as many options as it takes (RFC 3396, 5).</summary>
    public static int LengthInParts(int length) => length + (2 * ((length + byte.MaxValue - 1) / byte.MaxValue));

    /// <summary>Writes a value of any length in as many options as it takes; nothing if they do not all fit.</summary>
    public static bool WriteInParts(this ref WireWriter writer, Dhcp4OptionCode code, scoped ReadOnlySpan<byte> value)
    {
        if (LengthInParts(value.Length) + 1 > writer.Remaining)
        {
            return false;
        }

        for (; !value.IsEmpty; value = value[Math.Min(value.Length, byte.MaxValue)..])
        {
            writer.WriteOption(code, value[..Math.Min(value.Length, byte.MaxValue)]);
        }

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
    /// <param name="before">Octets of the message that were written elsewhere.</param>
    public static void WriteEnd(this ref WireWriter writer, int before = 0)
    {
        writer.WriteByte((byte)Dhcp4OptionCode.End);
        writer.WriteZeros(Math.Max(0, MinMessageLength - before - writer.Position));
    }
}
