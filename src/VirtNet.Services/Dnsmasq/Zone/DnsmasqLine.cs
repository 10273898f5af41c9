using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dnsmasq.Zone;

/// <summary>
/// The lines of <c>&lt;dnsmasq:option&gt;</c> that concern names, with dnsmasq's meaning of them: rules for domains, and how
/// answers are given.
/// </summary>
internal static partial class DnsmasqLine
{
    /// <summary>Applies one line to the zone that is being built. Null for a line about something else.</summary>
    /// <param name="addresses">The addresses of the bridge.</param>
    public static LineVerdict? Apply(ConfLine line, LocalZoneBuilder zone, string? bridge, IReadOnlyCollection<IPAddress> addresses)
    {
        string value = line.Value ?? "";
        return line.Option switch
        {
            "address" => Address(value, zone),
            "server" or "local" => Server(value, zone),
            "rev-server" => RevServer(value, zone),
            "host-record" => HostRecord(value, zone),
            "interface-name" => InterfaceName(value, zone, bridge, addresses),
            "synth-domain" => SynthDomain.TryParse([.. Words.Split(value).Select(HiddenText.Reveal)]) is { } synth
                ? Do(() => zone.AddSynthDomain(synth))
                : LineVerdict.Malformed,
            "auth-zone" => AuthZone(value, zone),
            "auth-server" => AuthServer(value, zone),
            "auth-soa" => AuthSoa(value, zone),
            "auth-ttl" => Seconds(value, zone.SetAuthorityTimeToLive),
            "auth-sec-servers" => LineVerdict.WithoutEffect, // transfers to other servers, which guests are not
            "local-ttl" => Seconds(value, zone.SetTimeToLive),
            "resolv-file" => ResolvFile(value, zone),
            "port" => Port(value, zone),
            "domain-needed" => Do(zone.KeepPlainAddresses),
            "bogus-priv" => Do(zone.KeepPrivateReverse),
            "filterwin2k" => Do(zone.KeepWindowsQuestions),
            "no-resolv" => Do(zone.IgnoreResolvConf),
            "no-hosts" => Do(zone.IgnoreHostsFile),
            "localmx" => Do(zone.TakeMailCentrally),
            "selfmx" => Do(zone.TakeMailThemselves),
            "dhcp-fqdn" => Do(zone.QualifyLeases),
            "dhcp-ttl" => Seconds(value, zone.SetLeaseTimeToLive),
            "localise-queries" => Do(zone.PreferNearAddresses),
            "addn-hosts" or "hostsdir" => HostsFiles(value, zone),
            "dynamic-host" => DynamicHost(value, zone, bridge, addresses),
            "expand-hosts" or "strict-order" => LineVerdict.Honoured, // so anyway
            _ => ApplyRecord(line.Option, value, zone) ?? ApplyAnswerRule(line.Option, value, zone),
        };
    }

    private static LineVerdict Do(Action set)
    {
        set();
        return LineVerdict.Honoured;
    }

    /// <summary><c>/domain/…/address</c>; no address: the names do not exist; #: the unspecified addresses.</summary>
    private static LineVerdict Address(string value, LocalZoneBuilder zone)
    {
        if (!TrySplitDomains(value, out List<RouteDomain>? domains, out string? rest))
        {
            return LineVerdict.Malformed;
        }

        ZoneRoute? route =
            rest.Length == 0 ? new ZoneRoute.Local()
            : rest == "#" ? new ZoneRoute.Fixed([NetAddress.AnyV4, NetAddress.AnyV6])
            : PlainAddress.TryParse(HiddenText.Reveal(rest)) is { } address ? new ZoneRoute.Fixed([NetAddress.From(address)])
            : null;
        return route is null ? LineVerdict.Malformed : Do(() => domains.ForEach(domain => zone.AddRoute(domain, route)));
    }

    /// <summary><c>[/domain/…/][address[#port]]</c>; no address: local only; #: the default servers; no domain: names without a dot.</summary>
    private static LineVerdict Server(string value, LocalZoneBuilder zone)
    {
        if (!value.StartsWith('/'))
        {
            return ServerOf(value, zone, server => zone.AddDefaultServer(server));
        }

        if (value is "//")
        {
            return Do(zone.KeepPlainNames);
        }

        if (value.StartsWith("//", StringComparison.Ordinal) && value.AsSpan(2).IndexOf('/') < 0)
        {
            return value is "//#" ? LineVerdict.WithoutEffect : ServerOf(value[2..], zone, zone.AddPlainNameServer);
        }

        if (!TrySplitDomains(value, out List<RouteDomain>? domains, out string? rest))
        {
            return LineVerdict.Malformed;
        }

        return rest switch
        {
            "" => Do(() => domains.ForEach(domain => zone.AddRoute(domain, new ZoneRoute.Local()))),
            "#" => Do(() => domains.ForEach(domain => zone.AddRoute(domain, new ZoneRoute.Default()))),
            _ => ServerOf(rest, zone, server => domains.ForEach(domain => zone.AddRoute(domain, new ZoneRoute.Servers([server])))),
        };
    }

    /// <summary><c>subnet[/length][,address[#port]]</c>: the names of its addresses.</summary>
    private static LineVerdict RevServer(string value, LocalZoneBuilder zone)
    {
        (string subnet, string? server) = Words.Cut(value);
        if (SubnetOf(subnet) is not { PrefixLength: > 0 } network)
        {
            return LineVerdict.Malformed;
        }

        List<RouteDomain> domains =
            [.. ReverseZones.Of(network.BaseAddress.GetAddressBytes(), network.PrefixLength).Select(RouteDomain.Below)];
        return server is null
            ? Do(() => domains.ForEach(domain => zone.AddRoute(domain, new ZoneRoute.Local())))
            : ServerOf(server, zone, one => domains.ForEach(domain => zone.AddRoute(domain, new ZoneRoute.Servers([one]))));
    }

    /// <summary><c>name,interface[/4|/6]</c>: the addresses of the bridge.</summary>
    private static LineVerdict InterfaceName(
        string value, LocalZoneBuilder zone, string? bridge, IReadOnlyCollection<IPAddress> addresses)
    {
        string[] words = Words.Split(value);
        DnsName? name = DnsName.TryParse(HiddenText.Reveal(words[0]));
        if (words.Length != 2 || name is null)
        {
            return LineVerdict.Malformed;
        }

        string[] parts = words[1].Split('/');
        if (parts.Length > 2 || (parts.Length == 2 && parts[1] is not ("4" or "6")))
        {
            return LineVerdict.Malformed;
        }

        if (parts[0] != bridge)
        {
            addresses = HostInterfaces.AddressesOf(parts[0]);
            zone.Shortcoming = "addresses that the interface gets later are not followed";
        }

        foreach (NetAddress address in addresses.Select(NetAddress.From))
        {
            if (parts.Length == 1 || address.IsV6 == (parts[1] == "6"))
            {
                zone.AddFullName(name, address);
            }
        }

        return LineVerdict.Honoured;
    }

    /// <summary><c>name,[IPv4,][IPv6,]interface</c>: the host's part of addresses in the subnets of the bridge.</summary>
    private static LineVerdict DynamicHost(
        string value, LocalZoneBuilder zone, string? bridge, IReadOnlyCollection<IPAddress> addresses)
    {
        string[] words = Words.Split(value);
        IPAddress?[] parts = [.. words.Skip(1).SkipLast(1).Select(word => PlainAddress.TryParse(word))];
        if (DnsName.TryParse(HiddenText.Reveal(words[0])) is not { } name || parts.Length is 0 or > 2 || parts.Contains(null))
        {
            return LineVerdict.Malformed;
        }

        if (words[^1] != bridge)
        {
            return LineVerdict.Unsupported;
        }

        foreach (IPAddress part in parts.OfType<IPAddress>())
        {
            IPNetwork subnet = zone.Subnets.FirstOrDefault(one => one.BaseAddress.AddressFamily == part.AddressFamily);
            if (subnet.PrefixLength > 0)
            {
                zone.AddFullName(name, NetAddress.From(Subnet.Join(subnet.BaseAddress, subnet.PrefixLength, part)));
            }
        }

        return LineVerdict.Honoured;
    }

    /// <summary>A file of names, or a folder of such files.</summary>
    private static LineVerdict HostsFiles(string value, LocalZoneBuilder zone)
    {
        string path = HiddenText.Reveal(value);
        if (!Path.IsPathRooted(path))
        {
            return LineVerdict.WithoutEffect;
        }

        foreach (string file in LineFiles.In(path))
        {
            zone.AddHostsFile(file);
        }

        zone.Shortcoming = Directory.Exists(path) ? "files that come into the folder later are not read" : null;
        return LineVerdict.Honoured;
    }

    /// <summary><c>zone[,subnet or interface…]</c>; what follows says what strangers may see, not guests.</summary>
    private static LineVerdict AuthZone(string value, LocalZoneBuilder zone) =>
        value.Length == 0 ? LineVerdict.WithoutEffect
        : DnsName.TryParse(Words.Split(value)[0]) is { } name ? Do(() => zone.AddAuthorityZone(name))
        : LineVerdict.Malformed;

    /// <summary><c>name[,interface[/4|/6] or address…]</c>; where strangers ask is not for guests.</summary>
    private static LineVerdict AuthServer(string value, LocalZoneBuilder zone) =>
        Words.Split(value).Skip(1).All(IsPlace) && DnsName.TryParse(Words.Split(value)[0]) is { } name ? Do(() => zone.SetAuthorityServer(name)) : LineVerdict.Malformed;

    private static bool IsPlace(string word) => word.Split('/', 2) is not [_, not ("4" or "6")];

    /// <summary><c>serial[,hostmaster[,refresh[,retry[,expiry]]]]</c>.</summary>
    private static LineVerdict AuthSoa(string value, LocalZoneBuilder zone)
    {
        string[] words = Words.Split(value);
        uint[] times = [0, 0, 0, 0];
        for (int i = 0; i < words.Length; i++)
        {
            if (i != 1 && (i > 4 || !uint.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out times[Math.Max(0, i - 1)])))
            {
                return LineVerdict.Malformed;
            }
        }

        string? hostmaster = words.Length > 1 ? words[1].Replace('@', '.') : null;
        return Do(() => zone.SetAuthority(new AuthorityTimes
        {
            Serial = times[0],
            Hostmaster = hostmaster is null ? null : DnsName.TryParse(hostmaster),
            Refresh = times[1] > 0 ? times[1] : AuthorityTimes.Default.Refresh,
            Retry = times[2] > 0 ? times[2] : AuthorityTimes.Default.Retry,
            Expiry = times[3] > 0 ? times[3] : AuthorityTimes.Default.Expiry,
        }));
    }

    private static LineVerdict Seconds(string value, Action<uint> set) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? Do(() => set((uint)seconds)) : LineVerdict.Malformed;

    private static LineVerdict ResolvFile(string value, LocalZoneBuilder zone) =>
        Do(value.Length > 0 ? () => zone.UseResolvFile(HiddenText.Reveal(value)) : zone.IgnoreResolvConf);

    private static LineVerdict Port(string value, LocalZoneBuilder zone) =>
        ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) ? Do(() => zone.SetPort(port)) : LineVerdict.Malformed;

    /// <summary>Splits <c>/a/b/rest</c>; # as a domain means all.</summary>
    private static bool TrySplitDomains(
        string value, [NotNullWhen(true)] out List<RouteDomain>? domains, [NotNullWhen(true)] out string? rest)
    {
        string[] parts = value.Split('/');
        domains = null;
        rest = parts[^1].Trim();
        if (parts.Length == 1)
        {
            domains = [RouteDomain.All];
            return true;
        }

        if (parts.Length < 3 || parts[0].Length > 0)
        {
            return false;
        }

        RouteDomain?[] names = [.. parts[1..^1].Select(part => RouteDomain.TryParse(HiddenText.Reveal(part)))];
        domains = [.. names.OfType<RouteDomain>()];
        return domains.Count == names.Length;
    }

    /// <summary>Where a server is asked from: an interface, or an address of its kind; with a port.</summary>
    private static bool IsSource(string[] source, IPAddress server) =>
        (source is not [_, var port] || ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        && (source.Length == 0 || PlainAddress.TryParse(source[0]) is not { } own || own.AddressFamily == server.AddressFamily);

    /// <summary>An address, with a port behind #; by which interface it is asked (behind @) is the host's to say.</summary>
    private static LineVerdict ServerOf(string text, LocalZoneBuilder zone, Action<NetEndpoint> use)
    {
        string[] sides = text.Split('@');
        string[] parts = sides[0].Split('#', 2);
        string[] scope = parts[0].Split('%', 2);
        string[] source = sides.Length == 1 ? [] : sides[1].Split('#', 2);
        ushort port = ResolvConf.DnsPort;
        if (!IPAddress.TryParse(scope[0], out IPAddress? address)
            || text.StartsWith('[') || !IsSource(source, address)
            || (parts.Length == 2 && !ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out port)))
        {
            return LineVerdict.Malformed;
        }

        if (scope.Length == 2 && address.AddressFamily == AddressFamily.InterNetworkV6 && Libc.InterfaceIndex(scope[1]) == 0)
        {
            return LineVerdict.Malformed; // dnsmasq would not start while it is not there
        }

        if (sides.Length > 1)
        {
            zone.Shortcoming = "the host's routes say through which interface a server is asked";
        }

        use(new NetEndpoint(NetAddress.From(address), port, scope.Length == 2 ? Libc.InterfaceIndex(scope[1]) : 0));
        return LineVerdict.Honoured;
    }
}
