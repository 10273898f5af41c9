using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace VirtNet.Wire.Dns;

/// <summary>Names under in-addr.arpa and ip6.arpa (RFC 1035, 3.5; RFC 3596, 2.5).</summary>
public static class ReverseName
{
    private static readonly byte[] V4Zone = [7, .. "in-addr"u8, 4, .. "arpa"u8, 0];
    private static readonly byte[] V6Zone = [3, .. "ip6"u8, 4, .. "arpa"u8, 0];

    /// <summary>The name of an address of 4 or 16 octets.</summary>
    public static DnsName Of(ReadOnlySpan<byte> address) => Zone(address, address.Length * 8);

    /// <summary>
    /// The zone that holds a prefix: whole octets (IPv4) or nibbles (IPv6); bits beyond the last whole one are left out.
    /// </summary>
    public static DnsName Zone(ReadOnlySpan<byte> address, int prefix)
    {
        StringBuilder text = new();
        if (address.Length == 4)
        {
            for (int i = (prefix / 8) - 1; i >= 0; i--)
            {
                text.Append(CultureInfo.InvariantCulture, $"{address[i]}.");
            }

            text.Append("in-addr.arpa");
        }
        else
        {
            for (int i = (prefix / 4) - 1; i >= 0; i--)
            {
                int nibble = i % 2 == 0 ? address[i / 2] >> 4 : address[i / 2] & 15;
                text.Append(CultureInfo.InvariantCulture, $"{nibble:x}.");
            }

            text.Append("ip6.arpa");
        }

        return DnsName.TryParse(text.ToString())!;
    }

    /// <summary>The address that a name stands for, into 16 octets; its length, or 0 if the name is no whole address.</summary>
    public static int TryRead(ReadOnlySpan<byte> name, Span<byte> address) =>
        DnsName.IsSameOrBelow(name, V4Zone) ? ReadV4(name, address)
        : DnsName.IsSameOrBelow(name, V6Zone) ? ReadV6(name, address)
        : 0;

    /// <summary>
    /// The first address below a name, into 16 octets: of a whole address that one, of a zone one that ends in zeros. Its length,
    /// or 0 if not all labels are numbers. Which numbers, and how many, matters as little as it does to dnsmasq.
    /// </summary>
    public static int TryReadFirst(ReadOnlySpan<byte> name, Span<byte> address)
    {
        bool isV4 = DnsName.IsSameOrBelow(name, V4Zone) && name.Length > V4Zone.Length;
        if (!isV4 && (!DnsName.IsSameOrBelow(name, V6Zone) || name.Length == V6Zone.Length))
        {
            return 0;
        }

        UInt128 bits = 0;
        for (ReadOnlySpan<byte> rest = name; rest.Length > (isV4 ? V4Zone : V6Zone).Length; rest = DnsName.Parent(rest))
        {
            ReadOnlySpan<byte> label = rest.Slice(1, rest[0]);
            int value = 0;
            if (isV4
                ? label.Length > 3 || !int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out value)
                : label.Length != 1 || (value = HexValue(label[0])) < 0)
            {
                return 0;
            }

            int width = isV4 ? 8 : 4;
            bits = (bits >> width) | ((UInt128)(uint)(value & 255) << (128 - width));
        }

        BinaryPrimitives.WriteUInt128BigEndian(address, bits);
        return isV4 ? 4 : 16;
    }

    private static int ReadV4(ReadOnlySpan<byte> name, Span<byte> address)
    {
        for (int i = 3; i >= 0; i--)
        {
            ReadOnlySpan<byte> label = name.Slice(1, name[0]);
            bool canonical = label.Length is 1 or (2 or 3) && (label.Length == 1 || label[0] != '0');
            if (!canonical || !byte.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out address[i]))
            {
                return 0;
            }

            name = DnsName.Parent(name);
        }

        return name.Length == V4Zone.Length ? 4 : 0;
    }

    private static int ReadV6(ReadOnlySpan<byte> name, Span<byte> address)
    {
        const int Nibbles = 32;
        if (name.Length != (2 * Nibbles) + V6Zone.Length)
        {
            return 0;
        }

        for (int i = 0; i < Nibbles; i++)
        {
            int value = name[2 * i] == 1 ? HexValue(name[(2 * i) + 1]) : -1;
            if (value < 0)
            {
                return 0;
            }

            int octet = 15 - (i / 2);
            address[octet] = (byte)(i % 2 == 0 ? value : address[octet] | (value << 4));
        }

        return 16;
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
