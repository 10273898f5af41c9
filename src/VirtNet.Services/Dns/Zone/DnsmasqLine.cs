using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>
/// The lines of <c>&lt;dnsmasq:option&gt;</c> that concern names, with dnsmasq's meaning of them.
/// </summary>
internal static class DnsmasqLine
{
    /// <summary>Applies one line to the zone that is being built.</summary>
    public static DnsmasqLineResult Apply(string line, LocalZoneBuilder zone)
    {
        string[] parts = line.Split('=', 2);
        string option = parts[0].Trim();
        string value = parts.Length == 2 ? parts[1].Trim() : "";
        bool? applied = option switch
        {
            "address" => Address(value, zone),
            "server" or "local" => Server(value, zone),
            "host-record" => HostRecord(value, zone),
            "cname" => Cname(value, zone),
            "txt-record" => Txt(value, zone),
            "srv-host" => Srv(value, zone),
            "ptr-record" => Ptr(value, zone),
            "domain-needed" => Flag(zone.KeepPlainNames),
            "no-resolv" => Flag(zone.IgnoreResolvConf),
            "no-hosts" => Flag(zone.IgnoreHostsFile),
            "expand-hosts" or "strict-order" or "localise-queries" or "no-negcache" or "cache-size" => true,
            _ => null,
        };
        return applied switch
        {
            null => DnsmasqLineResult.NotAboutNames,
            true => DnsmasqLineResult.Applied,
            false => DnsmasqLineResult.Invalid,
        };
    }

    private static bool Flag(Action set)
    {
        set();
        return true;
    }

    /// <summary><c>/domain/…/address</c>; no address: the names do not exist; #: the unspecified addresses.</summary>
    private static bool Address(string value, LocalZoneBuilder zone)
    {
        if (!TrySplitDomains(value, out List<DnsName>? domains, out string? rest))
        {
            return false;
        }

        ZoneRoute route;
        if (rest.Length == 0)
        {
            route = new ZoneRoute.Local();
        }
        else if (rest == "#")
        {
            route = new ZoneRoute.Fixed([NetAddress.AnyV4, NetAddress.AnyV6]);
        }
        else if (IPAddress.TryParse(rest, out IPAddress? address))
        {
            route = new ZoneRoute.Fixed([NetAddress.From(address)]);
        }
        else
        {
            return false;
        }

        domains.ForEach(domain => zone.AddRoute(domain, route));
        return true;
    }

    /// <summary><c>[/domain/…/][address[#port]]</c>; no address: local only; #: the default servers.</summary>
    private static bool Server(string value, LocalZoneBuilder zone)
    {
        if (!value.StartsWith('/'))
        {
            return TryParseServer(value) is { } server && Flag(() => zone.AddDefaultServer(server));
        }

        if (value is "//")
        {
            zone.KeepPlainNames();
            return true;
        }

        if (!TrySplitDomains(value, out List<DnsName>? domains, out string? rest))
        {
            return false;
        }

        ZoneRoute? route = rest switch
        {
            "" => new ZoneRoute.Local(),
            "#" => new ZoneRoute.Default(),
            _ => TryParseServer(rest) is { } server ? new ZoneRoute.Servers([server]) : null,
        };
        if (route is null)
        {
            return false;
        }

        domains.ForEach(domain => zone.AddRoute(domain, route));
        return true;
    }

    /// <summary><c>name[,name…][,IPv4][,IPv6][,TTL]</c>.</summary>
    private static bool HostRecord(string value, LocalZoneBuilder zone)
    {
        List<DnsName> names = [];
        List<NetAddress> addresses = [];
        foreach (string word in Words(value))
        {
            if (IPAddress.TryParse(word, out IPAddress? address) && word.AsSpan().ContainsAny(".:"))
            {
                addresses.Add(NetAddress.From(address));
            }
            else if (addresses.Count == 0 && DnsName.TryParse(word) is { } name)
            {
                names.Add(name);
            }
            else if (!uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }
        }

        names.ForEach(name => addresses.ForEach(address => zone.AddHost(name, address)));
        return names.Count > 0 && addresses.Count > 0;
    }

    /// <summary><c>alias[,alias…],target[,TTL]</c>.</summary>
    private static bool Cname(string value, LocalZoneBuilder zone)
    {
        string[] words = Words(value);
        uint timeToLive = 0;
        if (words.Length > 2 && uint.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out timeToLive))
        {
            words = words[..^1];
        }

        if (words.Length < 2 || words.Any(word => DnsName.TryParse(word) is null))
        {
            return false;
        }

        byte[] target = DnsName.TryParse(words[^1])!.Wire.ToArray();
        foreach (string alias in words[..^1])
        {
            zone.AddRecord(DnsName.TryParse(alias)!, new DnsRecord(DnsType.Cname, target, timeToLive));
        }

        return true;
    }

    private static bool Txt(string value, LocalZoneBuilder zone)
    {
        string[] words = value.Split(',', 2);
        return DnsName.TryParse(words[0].Trim()) is { } name
            && Flag(() => zone.AddText(name, words.Length == 2 ? words[1] : ""));
    }

    /// <summary><c>name[,target[,port[,priority[,weight]]]]</c>.</summary>
    private static bool Srv(string value, LocalZoneBuilder zone)
    {
        string[] words = value.Split(',');
        ushort[] numbers = [1, 0, 0];
        for (int i = 2; i < words.Length; i++)
        {
            if (i > 4 || !ushort.TryParse(words[i].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i - 2]))
            {
                return false;
            }
        }

        DnsName? target = words.Length > 1 && words[1].Trim().Length > 0 ? DnsName.TryParse(words[1].Trim()) : DnsName.Root;
        if (DnsName.TryParse(words[0].Trim()) is not { } name || name.Equals(DnsName.Root) || target is null)
        {
            return false;
        }

        zone.AddService(name, target, port: numbers[0], priority: numbers[1], weight: numbers[2]);
        return true;
    }

    /// <summary><c>name[,target]</c>.</summary>
    private static bool Ptr(string value, LocalZoneBuilder zone)
    {
        string[] words = Words(value);
        DnsName? name = words.Length > 0 ? DnsName.TryParse(words[0]) : null;
        DnsName? target = words.Length > 1 ? DnsName.TryParse(words[1]) : DnsName.Root;
        if (name is null || target is null)
        {
            return false;
        }

        zone.AddRecord(name, new DnsRecord(DnsType.Ptr, target.Wire.ToArray()));
        return true;
    }

    private static string[] Words(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Splits <c>/a/b/rest</c>; # as a domain means all.</summary>
    private static bool TrySplitDomains(
        string value, [NotNullWhen(true)] out List<DnsName>? domains, [NotNullWhen(true)] out string? rest)
    {
        string[] parts = value.Split('/');
        domains = null;
        rest = parts[^1].Trim();
        if (parts.Length == 1)
        {
            domains = [DnsName.Root];
            return true;
        }

        if (parts.Length < 3 || parts[0].Length > 0)
        {
            return false;
        }

        DnsName?[] names = [.. parts[1..^1].Select(part => part == "#" ? DnsName.Root : DnsName.TryParse(part.TrimStart('.')))];
        domains = [.. names.OfType<DnsName>()];
        return domains.Count == names.Length;
    }

    private static NetEndpoint? TryParseServer(string text)
    {
        string[] parts = text.Split('#', 2);
        ushort port = ResolvConf.DnsPort;
        bool good = IPAddress.TryParse(parts[0], out IPAddress? address)
            && (parts.Length == 1 || ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out port));
        return good ? new NetEndpoint(NetAddress.From(address!), port) : null;
    }
}

/// <summary>What became of a line.</summary>
internal enum DnsmasqLineResult
{
    Applied,

    /// <summary>Another service may know it.</summary>
    NotAboutNames,
    Invalid,
}
