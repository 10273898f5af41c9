using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Model;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// A <c>dhcp-option=</c> or <c>dhcp-option-force=</c> line of the dnsmasq namespace, with dnsmasq's reading of values
/// (its manual, --dhcp-option). Tags, encapsulation and IPv6 options are not understood here.
/// </summary>
internal static class DnsmasqDhcpOption
{
    private const string Plain = "dhcp-option=";
    private const string Force = "dhcp-option-force=";
    private const string ByName = "option:";

    /// <param name="server">Stands for the address 0.0.0.0 in values.</param>
    public static bool TryParse(string line, uint server, [NotNullWhen(true)] out Dhcp4ExtraOption? option)
    {
        option = null;
        bool forced = line.StartsWith(Force, StringComparison.Ordinal);
        if (!forced && !line.StartsWith(Plain, StringComparison.Ordinal))
        {
            return false;
        }

        string[] parts = Split(line[(forced ? Force.Length : Plain.Length)..]);
        if (!TryReadCode(parts[0], out byte code))
        {
            return false;
        }

        string[] values = parts[1..];
        byte[]? encoded = values.Length == 0 ? [] : Encode(code, values, server);
        if (encoded is null or { Length: > byte.MaxValue })
        {
            return false;
        }

        option = new Dhcp4ExtraOption((Dhcp4OptionCode)code, encoded.ToValueList(), forced);
        return true;
    }

    private static bool TryReadCode(string text, out byte code)
    {
        if (text.StartsWith(ByName, StringComparison.Ordinal))
        {
            return DnsmasqOptionNames.TryFind(text[ByName.Length..], out code)
                || byte.TryParse(text.AsSpan(ByName.Length), NumberStyles.None, CultureInfo.InvariantCulture, out code);
        }

        return byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code is not (0 or 255);
    }

    private static byte[]? Encode(byte code, string[] values, uint server) => DnsmasqOptionNames.FormOf(code) switch
    {
        DnsmasqOptionForm.Addresses => EncodeAddresses(values, server),
        DnsmasqOptionForm.Text => Encoding.UTF8.GetBytes(Unquote(string.Join(',', values))),
        DnsmasqOptionForm.Octet => EncodeNumber(values[0], 1),
        DnsmasqOptionForm.Short => EncodeNumber(values[0], 2),
        DnsmasqOptionForm.Long => EncodeNumber(values[0], 4),
        DnsmasqOptionForm.Names => EncodeNames(values),
        DnsmasqOptionForm.Routes => EncodeRoutes(values, server),
        _ => EncodeByLooks(values, server),
    };

    // For an option whose form is not known, what the value looks like decides.
    private static byte[]? EncodeByLooks(string[] values, uint server)
    {
        if (values is [['"', ..]])
        {
            return Encoding.UTF8.GetBytes(Unquote(values[0]));
        }

        return EncodeAddresses(values, server)
            ?? (values.Length == 1 ? EncodeHex(values[0]) ?? EncodeNumber(values[0], 0) : null)
            ?? Encoding.UTF8.GetBytes(string.Join(',', values));
    }

    private static byte[]? EncodeAddresses(string[] values, uint server)
    {
        List<byte> octets = [];
        foreach (string value in values)
        {
            if (!TryReadAddress(value, server, out byte[] address))
            {
                return null;
            }

            octets.AddRange(address);
        }

        return [.. octets];
    }

    // RFC 3442: prefix length, as many octets of the prefix as matter, router.
    private static byte[]? EncodeRoutes(string[] values, uint server)
    {
        List<byte> octets = [];
        for (int i = 0; i + 1 < values.Length; i += 2)
        {
            if (!IPNetwork.TryParse(values[i].Contains('/') ? values[i] : values[i] + "/32", out IPNetwork network)
                || !TryReadAddress(values[i + 1], server, out byte[] router))
            {
                return null;
            }

            octets.Add((byte)network.PrefixLength);
            octets.AddRange(network.BaseAddress.GetAddressBytes()[..((network.PrefixLength + 7) / 8)]);
            octets.AddRange(router);
        }

        return values.Length % 2 == 0 ? [.. octets] : null;
    }

    // RFC 3397, without compression, which is optional.
    private static byte[]? EncodeNames(string[] values)
    {
        List<byte> octets = [];
        foreach (string name in values)
        {
            foreach (string label in name.TrimEnd('.').Split('.'))
            {
                if (label.Length is 0 or > 63 || !Ascii.IsValid(label))
                {
                    return null;
                }

                octets.Add((byte)label.Length);
                octets.AddRange(Encoding.ASCII.GetBytes(label));
            }

            octets.Add(0);
        }

        return [.. octets];
    }

    private static byte[]? EncodeHex(string value)
    {
        string[] octets = value.Split(':');
        return octets.Length > 1 && octets.All(octet =>
                octet.Length is 1 or 2 && byte.TryParse(octet, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _))
            ? [.. octets.Select(octet => byte.Parse(octet, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))]
            : null;
    }

    /// <param name="size">0 = by a suffix b, s or i (1, 2, 4 octets), else as small as the number allows.</param>
    private static byte[]? EncodeNumber(string value, int size)
    {
        if (size == 0 && value.Length > 1 && value[^1] is 'b' or 's' or 'i')
        {
            size = value[^1] switch { 'b' => 1, 's' => 2, _ => 4 };
            value = value[..^1];
        }

        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            || number is < int.MinValue or > uint.MaxValue)
        {
            return null;
        }

        size = size > 0 ? size : number is >= 0 and < 256 ? 1 : number is >= 0 and < 65536 ? 2 : 4;
        byte[] octets = new byte[size];
        for (int i = size - 1; i >= 0; i--, number >>= 8)
        {
            octets[i] = (byte)number;
        }

        return octets;
    }

    private static bool TryReadAddress(string text, uint server, out byte[] octets)
    {
        // IPAddress also reads "5" as an address; an option value of one number is a number.
        bool read = IPAddress.TryParse(text, out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetwork && text.Count(c => c == '.') == 3;
        octets = !read ? [] : address!.Equals(IPAddress.Any)
            ? Subnet.FromUInt32(server).GetAddressBytes()
            : address.GetAddressBytes();
        return read;
    }

    private static string Unquote(string text) =>
        text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;

    /// <summary>Parts between commas that are not inside double quotes, without blanks around them.</summary>
    private static string[] Split(string text)
    {
        List<string> parts = [];
        bool quoted = false;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '"';
            if (text[i] == ',' && !quoted)
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        parts.Add(text[start..].Trim());
        return [.. parts];
    }
}
