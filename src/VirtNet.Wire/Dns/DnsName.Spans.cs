using System.Globalization;
using System.Text;

namespace VirtNet.Wire.Dns;

/// <content>Names as spans of a message, or of a caller's buffer.</content>
public sealed partial class DnsName
{
    private const byte PointerMask = 0xc0;

    /// <summary>
    /// Reads a name that may be compressed into <paramref name="name"/> (of at least <see cref="MaxLength"/> octets) and
    /// returns its length; 0, with the reader failed, for a bad one. Pointers must go backwards, each one further than the
    /// one before, so that no name is a loop (RFC 1035, 4.1.4).
    /// </summary>
    public static int Read(scoped ref WireReader reader, scoped Span<byte> name)
    {
        ReadOnlySpan<byte> message = reader.Buffer;
        name = name[..MaxLength]; // more room does not make longer names legal
        int from = reader.Position; // every pointer must lead before this
        int length = ReadLabels(ref reader, name, out int pointer);
        while (pointer >= 0)
        {
            if (pointer >= from)
            {
                reader.Fail();
                return 0;
            }

            from = pointer;
            WireReader earlier = new(message);
            earlier.Skip(pointer);
            int more = ReadLabels(ref earlier, name[length..], out pointer);
            if (earlier.Failed)
            {
                reader.Fail();
                return 0;
            }

            length += more;
        }

        return reader.Failed ? 0 : length;
    }

    /// <summary>Reads over a name without following its pointer.</summary>
    public static void Skip(scoped ref WireReader reader)
    {
        byte label;
        do
        {
            label = reader.ReadByte();
            if ((label & PointerMask) == PointerMask)
            {
                reader.Skip(1);
                return;
            }

            if (label > MaxLabelLength)
            {
                reader.Fail();
            }

            reader.Skip(label);
        }
        while (label != 0 && !reader.Failed);
    }

    /// <summary>Reads a name that must not be compressed, as the first of a message; the span is part of the message.</summary>
    public static ReadOnlySpan<byte> ReadPlain(scoped ref WireReader reader)
    {
        int start = reader.Position;
        while (true)
        {
            byte label = reader.ReadByte();
            if (label > MaxLabelLength)
            {
                reader.Fail();
            }

            reader.Skip(label);
            if (reader.Failed || reader.Position - start > MaxLength)
            {
                reader.Fail();
                return default;
            }

            if (label == 0)
            {
                return reader.Buffer[start..reader.Position];
            }
        }
    }

    /// <summary>Copies a name in lower case. Lengths are below the letters, so octets need no telling apart.</summary>
    public static void ToLower(ReadOnlySpan<byte> name, Span<byte> lower)
    {
        for (int i = 0; i < name.Length; i++)
        {
            lower[i] = Fold(name[i]);
        }
    }

    public static bool SameName(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.Length != other.Length)
        {
            return false;
        }

        for (int i = 0; i < one.Length; i++)
        {
            if (one[i] != other[i] && Fold(one[i]) != Fold(other[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The name without its first label; the root has none.</summary>
    public static ReadOnlySpan<byte> Parent(ReadOnlySpan<byte> name) => name[(name[0] + 1)..];

    /// <summary>Whether it is one label, without a dot.</summary>
    public static bool IsPlainName(ReadOnlySpan<byte> name) => name[0] != 0 && name[name[0] + 1] == 0;

    /// <summary>Whether a name is the domain itself or one below it.</summary>
    public static bool IsSameOrBelow(ReadOnlySpan<byte> name, ReadOnlySpan<byte> domain)
    {
        while (name.Length > domain.Length)
        {
            name = Parent(name);
        }

        return SameName(name, domain);
    }

    /// <summary>The dotted form; what is not a visible ASCII character is written as \DDD (RFC 1035, 5.1).</summary>
    public static string ToText(ReadOnlySpan<byte> name)
    {
        if (name.Length <= 1)
        {
            return ".";
        }

        StringBuilder text = new(name.Length);
        while (name[0] != 0)
        {
            foreach (byte octet in name.Slice(1, name[0]))
            {
                if (octet is > 0x20 and < 0x7f and not (byte)'.' and not (byte)'\\')
                {
                    text.Append((char)octet);
                }
                else
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\{octet:d3}");
                }
            }

            text.Append('.');
            name = Parent(name);
        }

        return text.ToString(0, text.Length - 1);
    }

    internal static byte Fold(byte octet) => (uint)(octet - 'A') <= 'Z' - 'A' ? (byte)(octet | 0x20) : octet;

    /// <summary>Copies labels up to the end of the name, or up to a pointer (else <paramref name="pointer"/> is -1).</summary>
    private static int ReadLabels(scoped ref WireReader reader, scoped Span<byte> name, out int pointer)
    {
        int length = 0;
        pointer = -1;
        while (true)
        {
            byte label = reader.ReadByte();
            if ((label & PointerMask) == PointerMask)
            {
                pointer = ((label & ~PointerMask) << 8) | reader.ReadByte();
                return length;
            }

            ReadOnlySpan<byte> octets = reader.ReadBytes(label);
            if (label > MaxLabelLength || length + 1 + label > name.Length)
            {
                reader.Fail();
            }

            if (reader.Failed)
            {
                pointer = -1;
                return 0;
            }

            name[length] = label;
            octets.CopyTo(name[(length + 1)..]);
            length += 1 + label;
            if (label == 0)
            {
                return length;
            }
        }
    }
}
