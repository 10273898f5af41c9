using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>
/// Reads the value of an option the way dnsmasq does (its manual, --dhcp-option, and measurements of 2.90): what it looks like
/// decides, as far as the option's own form leaves a choice.
/// </summary>
internal static class OptionValueReader
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> NumberMarks = SearchValues.Create("-0123456789");
    private static readonly SearchValues<char> Ipv4Marks = SearchValues.Create("0123456789./, ");
    private static readonly SearchValues<char> Ipv6Marks = SearchValues.Create("0123456789abcdefABCDEF:[]., ");

    /// <param name="value">All behind the option's number, quoted characters hidden.</param>
    /// <param name="isNested">Inside another option, where numbers mean something else.</param>
    /// <returns>Null for what dnsmasq refuses.</returns>
    public static OptionValue? Read(string value, int code, OptionShape shape, bool isIpv6, bool isNested, bool forMatch)
    {
        Looks looks = Look(ref value, shape, isIpv6, forMatch);
        bool isTime = shape.Kind == OptionKind.Time && value.Any(char.IsAsciiDigit);
        if (shape.Kind == OptionKind.Addresses && !(isIpv6 ? looks.IsIpv6 : looks.IsIpv4 && value.Contains('.', StringComparison.Ordinal)))
        {
            return null;
        }

        return isTime ? ReadTime(value)
            : looks.IsHex ? ReadHex(value)
            : looks.IsNumber ? ReadNumber(value, looks.Size > 0 ? looks.Size : shape.Size)
            : looks.IsIpv4 && !isIpv6 ? ReadIpv4(value, hasFormOctet: code == OptionCodes.SipServers && !isNested)
            : looks.IsIpv6 && isIpv6 ? ReadIpv6(value, asNtpServers: code == OptionCodes.NtpServersIpv6)
            : ReadText(value, code, shape, isIpv6, isNested);
    }

    private readonly record struct Looks(bool IsHex, bool IsNumber, bool IsIpv4, bool IsIpv6, int Size);

    private static Looks Look(ref string value, OptionShape shape, bool isIpv6, bool forMatch)
    {
        bool hex = value.All(c => c == ':' || HexDigits.Contains(c) || (c == '*' && forMatch));
        bool colon = value.Contains(':', StringComparison.Ordinal);
        bool digit = value.Any(char.IsAsciiDigit);
        int size = SizeSaid(value);
        bool number = digit && value.AsSpan(0, value.Length - (size > 0 ? 1 : 0)).IndexOfAnyExcept(NumberMarks) < 0;
        bool ipv4 = digit && !value.StartsWith('/') && value.AsSpan().IndexOfAnyExcept(Ipv4Marks) < 0;
        bool ipv6 = colon && value.AsSpan().IndexOfAnyExcept(Ipv6Marks) < 0;
        if (number && size > 0)
        {
            value = value[..^1];
        }

        return shape.Kind switch
        {
            OptionKind.Addresses => new Looks(false, false, ipv4, ipv6, 0),
            OptionKind.Text or OptionKind.Names or OptionKind.Strings => default,
            _ => new Looks(hex && colon, number, ipv4 && !number, ipv6, number ? size : 0),
        };
    }

    private static int SizeSaid(string value) => value.Length < 2 ? 0 : value[^1] switch { 'b' => 1, 's' => 2, 'i' => 4, _ => 0 };

    private static OptionValue? ReadTime(string value)
    {
        (uint factor, string digits) = value[^1] switch
        {
            'w' or 'W' => (7 * 86400u, value[..^1]),
            'd' or 'D' => (86400u, value[..^1]),
            'h' or 'H' => (3600u, value[..^1]),
            'm' or 'M' => (60u, value[..^1]),
            's' or 'S' => (1u, value[..^1]),
            _ => (1u, value),
        };
        return uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            ? Number(unchecked(number * factor), 4)
            : null;
    }

    private static OptionValue? ReadHex(string value)
    {
        // As many octets as there are groups, whatever they hold.
        OctetPattern? pattern = OctetPattern.TryParse(value);
        int count = value.Count(c => c == ':') + 1;
        return pattern is null || pattern.Octets.Count != count ? null
            : new OptionValue(pattern.ToArray().ToValueList(), OptionValueForm.Other) { Pattern = pattern };
    }

    private static OptionValue? ReadNumber(string value, int size)
    {
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            || number is < int.MinValue or > uint.MaxValue)
        {
            return null;
        }

        return Number((uint)number, size > 0 ? size : number is >= 0 and < 256 ? 1 : number is >= 0 and < 65536 ? 2 : 4);
    }

    private static OptionValue Number(uint number, int size)
    {
        byte[] octets = new byte[size];
        for (int i = size - 1; i >= 0; i--, number >>= 8)
        {
            octets[i] = (byte)number;
        }

        return new OptionValue(octets.ToValueList(), OptionValueForm.Other);
    }

    /// <summary>Addresses, or subnets as classless routes have them (RFC 3442): the length, and as many octets as it covers.</summary>
    private static OptionValue? ReadIpv4(string value, bool hasFormOctet)
    {
        List<byte> octets = hasFormOctet ? [1] : []; // RFC 3361, 3.2
        bool plain = !hasFormOctet;
        foreach (string word in Words.Split(value))
        {
            string[] parts = word.Split('/');
            if (parts.Length > 2 || DnsmasqAddress.TryParseIpv4(parts[0]) is not { } address)
            {
                return null;
            }

            byte[] bytes = address.GetAddressBytes();
            if (parts.Length == 2)
            {
                if (!byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out byte length) || length > 32)
                {
                    return null;
                }

                plain = false;
                octets.Add(length);
                bytes = bytes[..((length + 7) / 8)];
            }

            octets.AddRange(bytes);
        }

        return new OptionValue(octets.ToValueList(), plain ? OptionValueForm.Addresses : OptionValueForm.Other);
    }

    private static OptionValue? ReadIpv6(string value, bool asNtpServers)
    {
        List<byte> octets = [];
        foreach (string word in Words.Split(value))
        {
            string text = word.StartsWith('[') && word.EndsWith(']') ? word[1..^1] : word;
            if (!IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return null;
            }

            if (asNtpServers)
            {
                octets.AddRange([0, address.IsIPv6Multicast ? (byte)2 : (byte)1, 0, 16]); // RFC 5908, 4
            }

            octets.AddRange(address.GetAddressBytes());
        }

        return new OptionValue(octets.ToValueList(), asNtpServers ? OptionValueForm.Other : OptionValueForm.Addresses);
    }

    private static OptionValue? ReadText(string value, int code, OptionShape shape, bool isIpv6, bool isNested)
    {
        if (!isIpv6 && !isNested && code is OptionCodes.DomainSearch or OptionCodes.SipServers)
        {
            return OptionNameList.Compressed(Words.Split(value), hasFormOctet: code == OptionCodes.SipServers);
        }

        if (isIpv6 && code == OptionCodes.NtpServersIpv6 && !isNested)
        {
            return OptionNameList.Uncompressed(Words.Split(value), suboption: 3);
        }

        return shape.Kind switch
        {
            OptionKind.Names when isIpv6 => OptionNameList.Uncompressed(Words.Split(value), suboption: 0),
            OptionKind.Strings => ReadStrings(Words.Split(value)),
            _ => new OptionValue(Octets(value).ToValueList(), OptionValueForm.Text),
        };
    }

    private static OptionValue ReadStrings(string[] strings)
    {
        List<byte> octets = [];
        foreach (string text in strings)
        {
            byte[] bytes = Octets(text);
            octets.AddRange([(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes]);
        }

        return new OptionValue(octets.ToValueList(), OptionValueForm.Other);
    }

    private static byte[] Octets(string text) => Encoding.UTF8.GetBytes(HiddenText.Reveal(text));
}
