using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dnsmasq.Zone;

/// <content>Records.</content>
internal static partial class DnsmasqLine
{
    private static LineVerdict? ApplyRecord(string option, string value, LocalZoneBuilder zone) => option switch
    {
        "cname" => Cname(value, zone),
        "txt-record" => Txt(value, zone),
        "srv-host" => Srv(value, zone),
        "ptr-record" => Ptr(value, zone),
        "mx-host" => Mx(value, zone),
        "mx-target" => Name(value) is { } target ? Do(() => zone.SetMailTarget(target)) : LineVerdict.Malformed,
        "caa-record" => Caa(value, zone),
        "dns-rr" => Rr(value, zone),
        "naptr-record" => Naptr(value, zone),
        _ => null,
    };

    /// <summary><c>name[,name…][,IPv4][,IPv6][,TTL]</c>.</summary>
    private static LineVerdict HostRecord(string value, LocalZoneBuilder zone)
    {
        List<DnsName> names = [];
        List<NetAddress> addresses = [];
        uint? timeToLive = null;
        foreach (string word in Words.Split(value).Where(word => word.Length > 0))
        {
            if (IPAddress.TryParse(word, out IPAddress? address) && word.AsSpan().ContainsAny(".:"))
            {
                addresses.Add(NetAddress.From(address));
            }
            else if (addresses.Count == 0 && Name(word) is { } name && !word.All(char.IsAsciiDigit))
            {
                names.Add(name);
            }
            else if (uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds))
            {
                timeToLive = seconds;
            }
            else
            {
                return LineVerdict.Malformed;
            }
        }

        foreach (DnsName name in names)
        {
            addresses.ForEach(address => zone.AddFullName(name, address));
            if (timeToLive is { } seconds)
            {
                zone.SetTimeToLive(name, seconds);
            }
        }

        return names.Count > 0 && addresses.Count > 0 ? LineVerdict.Honoured : LineVerdict.Malformed;
    }

    /// <summary><c>alias[,alias…],target[,TTL]</c>.</summary>
    private static LineVerdict Cname(string value, LocalZoneBuilder zone)
    {
        string[] words = [.. Words.Split(value).Where(word => word.Length > 0)];
        uint? timeToLive = null;
        if (words.Length > 2 && uint.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds))
        {
            timeToLive = seconds;
            words = words[..^1];
        }

        DnsName?[] names = [.. words.Select(Name)];
        if (names.Length < 2 || Array.Exists(names, name => name is null))
        {
            return LineVerdict.Malformed;
        }

        byte[] target = names[^1]!.Wire.ToArray();
        foreach (DnsName? alias in names[..^1])
        {
            zone.AddRecord(alias!, new DnsRecord(DnsType.Cname, target, timeToLive));
        }

        return LineVerdict.Honoured;
    }

    private static LineVerdict Txt(string value, LocalZoneBuilder zone)
    {
        (string name, string? text) = Words.Cut(value);
        return Name(name) is { } owner
            ? Do(() => zone.AddRecord(owner, new DnsRecord(DnsType.Txt, TextStrings.EncodeParts((text ?? "").Split(',').Select(HiddenText.Reveal)))))
            : value.Length == 0 ? LineVerdict.WithoutEffect : LineVerdict.Malformed;
    }

    /// <summary><c>name[,target[,port[,priority[,weight]]]]</c>.</summary>
    private static LineVerdict Srv(string value, LocalZoneBuilder zone)
    {
        string[] words = Words.Split(value);
        ushort[] numbers = [1, 0, 0];
        for (int i = 2; i < words.Length; i++)
        {
            if (i > 4 || !ushort.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i - 2]))
            {
                return LineVerdict.Malformed;
            }
        }

        DnsName? target = words.Length > 1 && words[1].Length > 0 ? Name(words[1]) : DnsName.Root;
        if (Name(words[0]) is not { } name || name.Equals(DnsName.Root) || target is null)
        {
            return LineVerdict.Malformed;
        }

        zone.AddService(name, target, port: numbers[0], priority: numbers[1], weight: numbers[2]);
        return LineVerdict.Honoured;
    }

    /// <summary><c>name[,target]</c>.</summary>
    private static LineVerdict Ptr(string value, LocalZoneBuilder zone)
    {
        string[] words = Words.Split(value);
        DnsName? target = words.Length > 1 ? Name(words[1]) : DnsName.Root;
        if (Name(words[0]) is not { } name || target is null)
        {
            return LineVerdict.Malformed;
        }

        zone.AddRecord(name, new DnsRecord(DnsType.Ptr, target.Wire.ToArray()));
        return LineVerdict.Honoured;
    }

    /// <summary><c>name[,server[,preference]]</c>; an empty server is none (RFC 7505).</summary>
    private static LineVerdict Mx(string value, LocalZoneBuilder zone)
    {
        string[] words = Words.Split(value);
        ushort preference = 1;
        DnsName? target = words.Length < 2 ? null : words[1].Length == 0 ? DnsName.Root : Name(words[1]);
        if (Name(words[0]) is not { } name || words.Length > 3 || (words.Length > 1 && target is null)
            || (words.Length == 3 && words[2].Length > 0 && !ushort.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out preference)))
        {
            return LineVerdict.Malformed;
        }

        zone.AddMailServer(name, target, preference);
        return LineVerdict.Honoured;
    }

    /// <summary><c>name,flags,tag,value</c> (RFC 8659, 4.1).</summary>
    private static LineVerdict Caa(string value, LocalZoneBuilder zone)
    {
        string[] words = value.Split(',', 4, StringSplitOptions.TrimEntries);
        if (words.Length != 4 || Name(words[0]) is not { } name
            || !byte.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out byte flags))
        {
            return LineVerdict.Malformed;
        }

        byte[] tag = Octets(words[2]);
        zone.AddRecord(name, new DnsRecord(DnsType.Caa, [flags, (byte)tag.Length, .. tag, .. Octets(words[3])]));
        return tag.Length <= byte.MaxValue ? LineVerdict.Honoured : LineVerdict.Malformed;
    }

    /// <summary><c>name,number[,hex]</c>.</summary>
    private static LineVerdict Rr(string value, LocalZoneBuilder zone)
    {
        string[] words = Words.Split(value);
        OctetPattern? data = words.Length > 2 && words[2].Length > 0 ? OctetPattern.TryParse(words[2]) : new OctetPattern([]);
        if (words.Length is < 2 or > 3 || Name(words[0]) is not { } name || data is null or { HasWildcards: true }
            || !ushort.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort type))
        {
            return LineVerdict.Malformed;
        }

        zone.AddRecord(name, new DnsRecord((DnsType)type, data.ToArray()));
        return LineVerdict.Honoured;
    }

    /// <summary><c>name,order,preference,flags,service,expression[,replacement]</c> (RFC 3403, 4.1).</summary>
    private static LineVerdict Naptr(string value, LocalZoneBuilder zone)
    {
        string[] words = Words.Split(value);
        DnsName? replacement = words.Length > 6 ? Name(words[6]) : DnsName.Root;
        if (words.Length is < 6 or > 7 || Name(words[0]) is not { } name || replacement is null
            || !ushort.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort order)
            || !ushort.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out ushort preference))
        {
            return LineVerdict.Malformed;
        }

        byte[] numbers = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(numbers, order);
        BinaryPrimitives.WriteUInt16BigEndian(numbers.AsSpan(2), preference);
        byte[][] texts = [.. words[3..6].Select(Octets)];
        if (texts.Any(text => text.Length > byte.MaxValue))
        {
            return LineVerdict.Malformed;
        }

        byte[] strings = [.. texts.SelectMany(text => (byte[])[(byte)text.Length, .. text])];
        zone.AddRecord(name, new DnsRecord(DnsType.Naptr, [.. numbers, .. strings, .. replacement.Wire]));
        return LineVerdict.Honoured;
    }

    private static DnsName? Name(string word) => DnsName.TryParse(HiddenText.Reveal(word));

    private static byte[] Octets(string word) => Encoding.UTF8.GetBytes(HiddenText.Reveal(word));
}
