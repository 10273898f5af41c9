using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>Names that are made of addresses (dnsmasq's <c>synth-domain</c>): <c>prefix-192-0-2-7.domain</c>, or a number.</summary>
/// <param name="IsNumbered">The names hold how far the address is from the first one.</param>
internal sealed record SynthDomain(DnsName Domain, string Prefix, UInt128 First, UInt128 Last, bool IsIpv6, bool IsNumbered)
{
    /// <summary>The address that a name in lower case stands for.</summary>
    public NetAddress? FindAddress(ReadOnlySpan<byte> name)
    {
        if (name[0] == 0 || !DnsName.SameName(DnsName.Parent(name), Domain.Wire))
        {
            return null;
        }

        string label = System.Text.Encoding.Latin1.GetString(name.Slice(1, name[0]));
        if (!label.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string rest = label[Prefix.Length..];
        UInt128 address;
        if (IsNumbered)
        {
            if (!ulong.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out ulong index) || index > Last - First)
            {
                return null;
            }

            address = First + index;
        }
        else
        {
            string text = IsIpv6 && rest.StartsWith("--ffff-", StringComparison.Ordinal)
                ? "::ffff:" + rest[7..].Replace('-', '.')
                : rest.Replace('-', IsIpv6 ? ':' : '.');
            if (!IPAddress.TryParse(text, out IPAddress? parsed)
                || parsed.AddressFamily != (IsIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork)
                || (!IsIpv6 && text.Count(c => c == '.') != 3))
            {
                return null;
            }

            address = Number(parsed);
        }

        return address >= First && address <= Last ? NetAddress.From(Address(address)) : null;
    }

    public DnsName? FindName(NetAddress address)
    {
        UInt128 number = Number(address.ToIPAddress());
        if (address.IsV6 != IsIpv6 || number < First || number > Last)
        {
            return null;
        }

        string label = IsNumbered
            ? (number - First).ToString(CultureInfo.InvariantCulture)
            : address.ToIPAddress().ToString().Replace(':', '-').Replace('.', '-');
        string zero = Prefix.Length == 0 && label.StartsWith('-') ? "0" : ""; // no label begins with a hyphen
        return DnsName.TryParse($"{Prefix}{zero}{label}")?.Under(Domain);
    }

    /// <summary><c>domain,subnet or first,last[,prefix[*]]</c>; null for what is something else.</summary>
    public static SynthDomain? TryParse(string[] words)
    {
        if (words.Length < 2 || DnsName.TryParse(words[0]) is not { } domain)
        {
            return null;
        }

        bool isSubnet = words[1].Contains('/', StringComparison.Ordinal);
        int next = isSubnet ? 2 : 3;
        IPAddress? first;
        IPAddress? last;
        if (isSubnet)
        {
            if (!TryReadSubnet(words[1], out first, out last))
            {
                return null;
            }
        }
        else
        {
            last = null;
            if ((first = PlainAddress.TryParse(words[1])) is null
                || (words.Length > 2 && (last = PlainAddress.TryParse(words[2])) is null)
                || (last is not null && last.AddressFamily != first.AddressFamily))
            {
                return null;
            }

            last ??= first;
        }

        string prefix = words.Length > next ? words[next] : "";
        bool isNumbered = prefix.EndsWith('*');
        return words.Length > next + 1 ? null : new SynthDomain(
            domain, isNumbered ? prefix[..^1] : prefix, Number(first), Number(last!),
            first.AddressFamily == AddressFamily.InterNetworkV6, isNumbered);
    }

    private static bool TryReadSubnet(string text, out IPAddress first, out IPAddress last)
    {
        string[] parts = text.Split('/');
        first = last = IPAddress.None;
        if (parts.Length != 2 || PlainAddress.TryParse(parts[0]) is not { } address
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            return false;
        }

        int bits = address.GetAddressBytes().Length * 8;
        if (length > bits)
        {
            return false;
        }

        UInt128 host = bits == length ? 0 : UInt128.MaxValue >> (128 - (bits - length));
        first = Address(Number(address) & ~host, bits);
        last = Address(Number(address) | host, bits);
        return true;
    }

    private IPAddress Address(UInt128 number) => Address(number, IsIpv6 ? 128 : 32);

    private static IPAddress Address(UInt128 number, int bits)
    {
        byte[] octets = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, number);
        return new IPAddress(octets.AsSpan(16 - (bits / 8)));
    }

    private static UInt128 Number(IPAddress address)
    {
        byte[] octets = address.GetAddressBytes();
        UInt128 number = 0;
        foreach (byte octet in octets)
        {
            number = (number << 8) | octet;
        }

        return number;
    }
}
