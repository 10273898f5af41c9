using System.Text;

namespace VirtNet.Wire.Dhcp4;

/// <summary>Option 81, the client's name and who updates the DNS (RFC 4702).</summary>
public readonly record struct ClientFqdn(ClientFqdnFlags Flags, string Name)
{
    /// <summary>Longest name in text form (RFC 1035, 2.3.4).</summary>
    public const int MaxName = 253;

    private const int FixedLength = 3; // flags and two deprecated result codes

    /// <summary>Reads the option's value; names with octets outside ASCII are not names.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out ClientFqdn fqdn)
    {
        fqdn = default;
        if (value.Length < FixedLength)
        {
            return false;
        }

        ClientFqdnFlags flags = (ClientFqdnFlags)value[0];
        ReadOnlySpan<byte> name = value[FixedLength..];
        Span<char> text = stackalloc char[byte.MaxValue];
        int length = 0;
        if ((flags & ClientFqdnFlags.Encoded) == 0)
        {
            name = name.TrimEnd((byte)0);
            length = name.Length;
            if (!Ascii.IsValid(name))
            {
                return false;
            }

            Encoding.ASCII.GetChars(name, text);
        }
        else if (!TryReadLabels(name, text, out length))
        {
            return false;
        }

        if (length > MaxName)
        {
            return false;
        }

        fqdn = new ClientFqdn(flags, new string(text[..length]));
        return true;
    }

    /// <summary>Writes the option, code and length included; left out where it does not fit with an End option behind it.</summary>
    public void Write(ref WireWriter writer)
    {
        bool encoded = (Flags & ClientFqdnFlags.Encoded) != 0;
        int length = FixedLength + (encoded ? Name.Length + 2 : Name.Length);
        if (length > byte.MaxValue || length + 3 > writer.Remaining)
        {
            return;
        }

        writer.WriteByte((byte)Dhcp4OptionCode.ClientFqdn);
        writer.WriteByte((byte)length);
        writer.WriteByte((byte)Flags);
        writer.WriteUInt16(0xffff); // result codes: 255 from servers (RFC 4702, 2.2)
        if (!encoded)
        {
            Encoding.ASCII.GetBytes(Name, writer.Reserve(Name.Length));
            return;
        }

        foreach (Range label in Name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> part = Name.AsSpan(label);
            writer.WriteByte((byte)part.Length);
            Encoding.ASCII.GetBytes(part, writer.Reserve(part.Length));
        }

        writer.WriteByte(0);
    }

    // DNS labels without compression; a client may leave the end off a partial name.
    internal static bool TryReadLabels(ReadOnlySpan<byte> labels, Span<char> text, out int length)
    {
        length = 0;
        WireReader reader = new(labels);
        while (reader.Remaining > 0)
        {
            int count = reader.ReadByte();
            if (count == 0)
            {
                return true;
            }

            ReadOnlySpan<byte> label = reader.ReadBytes(count);
            if (reader.Failed || count > 63 || !Ascii.IsValid(label))
            {
                return false;
            }

            if (length > 0)
            {
                text[length++] = '.';
            }

            length += Encoding.ASCII.GetChars(label, text[length..]);
        }

        return true;
    }
}

/// <summary>Flag bits of option 81 (RFC 4702, 2.1).</summary>
[Flags]
public enum ClientFqdnFlags : byte
{
    None = 0,
    ServerUpdates = 1,
    Overridden = 2,
    Encoded = 4,
    NoUpdates = 8,
}
