using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>The value of a <c>dhcp-host=</c> line: in any order who is meant, and what he gets.</summary>
internal sealed record HostLine
{
    /// <summary>A line that sets more addresses aside than this many bits count is not honoured.</summary>
    private const int MostHostBits = 10;
    private const int PrefixOctets = 8;

    public ValueList<HardwarePattern> Hardware { get; init; } = [];

    /// <summary>Client id or DUID as lease lists show them; an empty one is nobody's.</summary>
    public string? ClientId { get; init; }

    /// <summary><c>id:*</c>: these clients are known by their MAC alone.</summary>
    public bool IgnoresClientId { get; init; }

    public IPAddress? Ipv4 { get; init; }

    public IPAddress? Ipv6 { get; init; }

    /// <summary>So many addresses from <see cref="Ipv6"/> on are the client's to have, of which it gets one that is free.</summary>
    public int Ipv6Count { get; init; } = 1;

    /// <summary>The address says no prefix: it is one in whatever subnet is served.</summary>
    public bool IsIpv6Joined => Ipv6 is { } address && !address.GetAddressBytes().AsSpan(0, PrefixOctets).ContainsAnyExcept((byte)0);

    /// <summary>Bare: the network's own domain is what it is in, whatever the line says.</summary>
    public string? Name { get; init; }

    public LeaseTime? Lease { get; init; }

    public bool Ignores { get; init; }

    public ValueList<string> Sets { get; init; } = [];

    /// <summary>Counts only for clients with these tags.</summary>
    public TagCondition Condition { get; init; } = TagCondition.None;

    /// <summary>Something of it that is not understood here, though dnsmasq does.</summary>
    public bool SaysMore { get; init; }

    /// <summary>Whether it says who is meant other than by the name.</summary>
    public bool NamesMachine => Hardware.Count > 0 || ClientId is not null;

    /// <summary>What libvirt writes for a host of a definition. An id that is no DUID is nobody's.</summary>
    public static HostLine Of(DhcpHost host) => new()
    {
        Hardware = MacAddress.TryParse(host.Mac, out MacAddress mac) ? [HardwarePattern.Of(mac)] : [],
        ClientId = host.Id is null ? null : Duid.Normalize(host.Id) ?? "",
        Name = host.Name is { } name ? HostNames.FirstLabel(name) : null,
        Ipv4 = host.Address is { AddressFamily: AddressFamily.InterNetwork } ipv4 ? ipv4 : null,
        Ipv6 = host.Address is { AddressFamily: AddressFamily.InterNetworkV6 } ipv6 ? ipv6 : null,
        Lease = host.Lease,
    };

    /// <summary>Null for what dnsmasq refuses too.</summary>
    public static HostLine? TryParse(string value)
    {
        HostLine? line = new();
        foreach (string word in Words.Split(value))
        {
            line = line is null ? null : word.Contains(':', StringComparison.Ordinal) ? line.WithIdentity(word) : line.WithGift(word);
        }

        return line;
    }

    private HostLine? WithIdentity(string word)
    {
        if (word.StartsWith("id:", StringComparison.OrdinalIgnoreCase))
        {
            string id = word[3..];
            return id.StartsWith('*') ? this with { IgnoresClientId = true }
                : IdOf(id) is { } text ? this with { ClientId = text } : null;
        }

        if (word.StartsWith("set:", StringComparison.Ordinal) || word.StartsWith("net:", StringComparison.Ordinal))
        {
            return this with { Sets = [.. Sets, word[4..]] };
        }

        if (TagCondition.TermOf(word) is { } term)
        {
            return this with { Condition = TagCondition.Of([.. Condition.Terms, term]) };
        }

        if (word is ['[', .. var address, ']'])
        {
            return WithIpv6(address);
        }

        return HardwarePattern.TryParse(word, out bool isOther) is { } pattern ? this with { Hardware = [.. Hardware, pattern] }
            : isOther ? this with { SaysMore = true } : null;
    }

    /// <summary><c>address[/length]</c>.</summary>
    private HostLine? WithIpv6(string text)
    {
        string[] parts = text.Split('/');
        byte length = 128;
        if (!IPAddress.TryParse(parts[0], out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetworkV6 || parts.Length > 2
            || (parts.Length == 2 && (!byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > 128
                || !address.Equals(Subnet.NetworkAddress(address, length)))))
        {
            return null;
        }

        int bits = 128 - length;
        return Ipv6 is not null || bits > MostHostBits ? this with { SaysMore = true } : this with { Ipv6 = address, Ipv6Count = 1 << bits };
    }

    private HostLine? WithGift(string word)
    {
        if (word.Contains('.', StringComparison.Ordinal) && DnsmasqAddress.TryParseIpv4(word) is { } address)
        {
            return this with { Ipv4 = address };
        }

        if (word == "ignore")
        {
            return this with { Ignores = true };
        }

        if (DnsmasqLeaseTime.TryParse(word) is { } lease)
        {
            return this with { Lease = lease };
        }

        return word.Length == 0 ? this : HostNames.TryRead(word, out string? name) ? this with { Name = name } : null;
    }

    /// <summary>Hex with colons, else text.</summary>
    private static string? IdOf(string id)
    {
        byte[]? octets = id.Contains(':', StringComparison.Ordinal)
            ? OctetPattern.TryParse(id) is { HasWildcards: false } pattern ? pattern.ToArray() : null
            : Encoding.UTF8.GetBytes(HiddenText.Reveal(id));
        return octets is null ? null
            : string.Join(':', octets.Select(octet => octet.ToString("x2", CultureInfo.InvariantCulture)));
    }
}
