using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>
/// The value of a <c>dhcp-range=</c> line: <c>[tag:…,][set:tag,]start,end or mode[,netmask[,broadcast]][,lease]</c> for IPv4,
/// <c>start[,end][,mode…][,prefix][,lease]</c> for IPv6.
/// </summary>
/// <param name="End">Null where there is no pool.</param>
internal sealed record RangeLine(IPAddress Start, IPAddress? End, RangeModes Modes)
{
    private const int DefaultPrefix = 64;

    public TagCondition Condition { get; init; } = TagCondition.None;

    public string? Sets { get; init; }

    /// <summary>IPv4: as the netmask says, if there is one.</summary>
    public int? Prefix { get; init; }

    public IPAddress? Broadcast { get; init; }

    public LeaseTime? Lease { get; init; }

    public string? Constructor { get; init; }

    public bool IsIpv6 => Start.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Whether lines ask for DHCPv6 on an address that has no pool in XML.</summary>
    public static bool ServesDhcp(IpDefinition ip, ValueList<RangeLine> lines) =>
        ip.Network is { } subnet && lines.Any(line => subnet.Contains(line.Start)
            && (line.End is not null || (line.Modes & (RangeModes.Static | RangeModes.Stateless)) != 0));

    /// <summary>Null for what dnsmasq refuses.</summary>
    public static RangeLine? TryParse(string value)
    {
        List<string> terms = [];
        string? sets = null;
        string? rest = value;
        while (rest is not null && Words.Cut(rest).First is var word && !LooksLikeAddress(word))
        {
            if (TagCondition.TermOf(word) is { } term)
            {
                terms.Add(term);
            }
            else if (sets is not null)
            {
                return null;
            }
            else
            {
                sets = TagCondition.SetBy(word);
            }

            rest = Words.Cut(rest).Tail;
        }

        string[] words = rest is null ? [] : Words.Split(rest);
        RangeLine? line = words.Length < 2 || !IPAddress.TryParse(words[0], out IPAddress? start) ? null
            : start.AddressFamily == AddressFamily.InterNetworkV6 ? ReadIpv6(start, words)
            : ReadIpv4(start, words);
        return line is null ? null : line with { Condition = TagCondition.Of(terms), Sets = sets };
    }

    private static bool LooksLikeAddress(string word) => word.All(c => char.IsAsciiHexDigit(c) || c is '.' or ':' or ' ');

    private static RangeLine? ReadIpv4(IPAddress start, string[] words)
    {
        RangeModes modes = words[1] switch { "static" => RangeModes.Static, "proxy" => RangeModes.Proxy, _ => RangeModes.None };
        IPAddress? end = modes == RangeModes.None ? DnsmasqAddress.TryParseIpv4(words[1]) : null;
        if (DnsmasqAddress.TryParseIpv4(words[0]) is null || (modes == RangeModes.None && end is null))
        {
            return null;
        }

        if (end is not null && Subnet.Distance(start, end) < 0)
        {
            (start, end) = (end, start);
        }

        RangeLine line = new(start, end, modes);
        int next = 2;
        if (words.Length > 2 && DnsmasqAddress.TryParseIpv4(words[2]) is { } netmask)
        {
            if (Subnet.PrefixOf(netmask) is not { } prefix || (end is not null && !Subnet.Contains(start, prefix, end)))
            {
                return null;
            }

            line = line with { Prefix = prefix };
            next = 3;
            if (words.Length > 3 && DnsmasqAddress.TryParseIpv4(words[3]) is { } broadcast)
            {
                line = line with { Broadcast = broadcast };
                next = 4;
            }
        }

        return line.WithLease(words, next);
    }

    private static RangeLine? ReadIpv6(IPAddress start, string[] words)
    {
        RangeLine line = new(start, null, RangeModes.None) { Prefix = DefaultPrefix };
        int next = 1;
        for (; next < words.Length; next++)
        {
            RangeModes mode = words[next] switch
            {
                "static" => RangeModes.Static,
                "ra-only" or "slaac" => RangeModes.Autonomous,
                "ra-names" => RangeModes.Autonomous | RangeModes.Names,
                "ra-advrouter" => RangeModes.Autonomous | RangeModes.RouterAddress,
                "ra-stateless" => RangeModes.Autonomous | RangeModes.Stateless,
                "off-link" => RangeModes.OffLink,
                _ => RangeModes.None,
            };
            if (mode != RangeModes.None)
            {
                line = line with { Modes = line.Modes | mode };
            }
            else if (next == 1 && IPAddress.TryParse(words[1], out IPAddress? end) && end.AddressFamily == AddressFamily.InterNetworkV6)
            {
                line = line with { End = end };
            }
            else if (words[next].StartsWith("constructor:", StringComparison.Ordinal))
            {
                line = line with { Constructor = words[next]["constructor:".Length..] };
            }
            else
            {
                break;
            }
        }

        if (next < words.Length && byte.TryParse(words[next], NumberStyles.None, CultureInfo.InvariantCulture, out byte prefix) && prefix <= 128)
        {
            line = line with { Prefix = prefix };
            next++;
        }

        bool exact = line.Modes.HasFlag(RangeModes.Autonomous) || line.Constructor is not null;
        bool isWhole = line.Constructor is not null && start.GetAddressBytes().AsSpan(0, DefaultPrefix / 8).ContainsAnyExcept((byte)0);
        if (isWhole)
        {
            return null; // the prefix is the interface's to say
        }

        bool inside = line.End is null || Subnet.Contains(start, line.Prefix!.Value, line.End);
        return line.Prefix >= DefaultPrefix && (line.Prefix == DefaultPrefix || !exact) && inside ? line.WithLease(words, next) : null;
    }

    private RangeLine? WithLease(string[] words, int next) =>
        next == words.Length ? this
        : next < words.Length - 1 ? null
        : words[next] == "deprecated" ? this with { Modes = Modes | RangeModes.Deprecated }
        : DnsmasqLeaseTime.TryParse(words[next]) is { } lease ? this with { Lease = lease } : null;
}

[Flags]
internal enum RangeModes
{
    None = 0,

    /// <summary>For reservations only.</summary>
    Static = 1,

    /// <summary>Beside another DHCP server.</summary>
    Proxy = 2,

    /// <summary>Guests may make addresses of their own.</summary>
    Autonomous = 4,

    /// <summary>DHCPv6 gives all but addresses.</summary>
    Stateless = 8,

    /// <summary>Guests reach one another by the router.</summary>
    OffLink = 16,

    /// <summary>Its addresses are no source of new connections.</summary>
    Deprecated = 32,

    /// <summary>Names for addresses that guests make themselves.</summary>
    Names = 64,

    /// <summary>The router's own address in the place of the prefix.</summary>
    RouterAddress = 128,
}
