using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Wire.Dhcp6;
using VirtNet.Wire.Dns;
using VirtNet.Wire.Ndisc;

namespace VirtNet.Services.Ra;

/// <summary>What one network advertises, apart from its link-local address, which only the running host knows.</summary>
internal static class RaSettings
{
    private const ushort DefaultRouterLifetime = 1800;
    private const uint EthernetMtu = 1500;

    /// <summary>Guests make addresses of their own only of a prefix that leaves them 64 bits (RFC 4862 section 5.5.3).</summary>
    private const int AutonomousLength = 64;

    /// <summary>Null for a network without IPv6.</summary>
    public static RaContent? ContentOf(NetworkDefinition live)
    {
        List<IpDefinition> addresses = [.. live.Ips.Where(ip => ip.IsIpv6 && ip.Network is not null)];
        if (addresses.Count == 0)
        {
            return null;
        }

        DhcpRules rules = DnsmasqReader.Read(live).Dhcp;
        return new RaContent(AdvertisementOf(live, addresses, rules), OffersDns: live.Dns?.Enable != false && Find(rules, live.BridgeName, Dhcp6OptionCode.NameServers) is null)
        {
            Interval = rules.Advertising?.Interval is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    /// <inheritdoc cref="ContentOf"/>
    public static RouterAdvertisement? For(NetworkDefinition live) => ContentOf(live)?.Advertisement;

    private static RouterAdvertisement AdvertisementOf(NetworkDefinition live, List<IpDefinition> addresses, DhcpRules rules)
    {
        // With DHCPv6 on any prefix guests are to ask there, and no prefix may be used for addresses of their own unless a line
        // says so.
        ValueList<RangeLine> lines = [.. rules.Ranges.Where(line => line.IsIpv6)];
        RaLine? advertising = rules.Advertising;
        bool stateful = addresses.Any(ip => HasPool(ip, rules));
        List<AdvertisedPrefix> prefixes = [.. addresses.Select(ip => PrefixOf(ip, rules, stateful))];
        return new RouterAdvertisement
        {
            Managed = stateful || lines.Any(line => line.End is not null || line.Modes.HasFlag(RangeModes.Static)),
            Other = stateful || addresses.Any(ip => RangeLine.ServesDhcp(ip, lines)),
            Preference = advertising?.Preference ?? RouterPreference.Medium,
            RouterLifetime = advertising is not null ? advertising.RouterLifetime : live.Forward.Mode == ForwardMode.None ? (ushort)0 : DefaultRouterLifetime,
            Prefixes = prefixes,
            DnsLifetime = DnsLifetimeOf(addresses, prefixes),
            DnsServers = ResolversOf(rules, live, addresses),
            Mtu = advertising?.Mtu is { } mtu ? mtu : live.Mtu > 0 ? live.Mtu : EthernetMtu,
            LinkAddress = live.Mac?.ToArray() ?? [],
            SearchDomains = SearchDomainsOf(rules, live.BridgeName), // the network's own domain is not told here: libvirt's is not
        };
    }

    /// <summary>The subnets from which guests get no address at all: too long for one of their own, and without DHCPv6.</summary>
    public static IEnumerable<IPNetwork> Unserved(NetworkDefinition live) => live.Ips.Any(ip => ip.IsIpv6 && ip.HasDhcp)
        ? []
        : live.Ips.Where(ip => ip.IsIpv6).Select(ip => ip.Network).OfType<IPNetwork>()
            .Where(network => network.PrefixLength != AutonomousLength);

    /// <summary>What is said of one of them.</summary>
    public static string WhyUnserved(IPNetwork subnet) =>
        $"guests get no IPv6 address in {subnet}: it is not a /64 and has no DHCPv6 range";

    /// <summary>Whether XML asks for DHCPv6; what lines ask for comes beside it.</summary>
    private static bool HasPool(IpDefinition ip, DhcpRules rules) =>
        ip.Ranges.Any(range => !rules.Ranges.Any(line => line.Start.Equals(range.Start) && range.End.Equals(line.End)))
        || ip.Hosts.Any(host => !rules.Hosts.Any(line => line.Ipv6 is { } address && address.Equals(host.Address)));

    /// <summary>Those of a line that is for all guests.</summary>
    private static List<IPAddress> ResolversOf(DhcpRules rules, NetworkDefinition live, List<IpDefinition> addresses) =>
    [
        .. OwnIpv6.Fill(
            OctetsOf(rules, live.BridgeName, Dhcp6OptionCode.NameServers),
            live.Ips,
            addresses.Find(ip => !ip.Address.IsIPv6UniqueLocal)?.Address),
    ];

    private static List<DnsName> SearchDomainsOf(DhcpRules rules, string? bridge)
    {
        List<DnsName> domains = [];
        byte[] octets = [.. OctetsOf(rules, bridge, Dhcp6OptionCode.DomainSearchList)];
        for (int start = 0, end = 0; end < octets.Length; end += octets[end] + 1)
        {
            if (octets[end] == 0) // the last label, which is the root's
            {
                domains.Add(DnsName.FromWire(octets.AsSpan(start, end + 1 - start)));
                start = end + 1;
            }
        }

        return domains;
    }

    /// <summary>What a line that is for all guests gives as this option; empty if none does.</summary>
    private static ValueList<byte> OctetsOf(DhcpRules rules, string? bridge, Dhcp6OptionCode code) =>
        Find(rules, bridge, code)?.Value.Octets ?? [];

    private static OptionLine? Find(DhcpRules rules, string? bridge, Dhcp6OptionCode code)
    {
        TagSet tags = bridge is null ? TagSet.Empty : new TagSet(bridge);
        return rules.Options.FirstOrDefault(option => option.IsIpv6 && option.Code == (int)code && option.Condition.Holds(tags));
    }

    private static AdvertisedPrefix PrefixOf(IpDefinition ip, DhcpRules rules, bool stateful)
    {
        IPNetwork prefix = ip.Network!.Value;
        List<RangeLine> lines = [.. rules.Ranges.Where(line => line.IsIpv6 && prefix.Contains(line.Start))];
        bool autonomous = !stateful || lines.Any(line => line.Modes.HasFlag(RangeModes.Autonomous));
        return new AdvertisedPrefix(prefix, autonomous && prefix.PrefixLength == AutonomousLength, LifetimeOf(ip, lines, rules.Advertising))
        {
            OnLink = !lines.Any(line => line.Modes.HasFlag(RangeModes.OffLink)),
            Router = lines.Any(line => line.Modes.HasFlag(RangeModes.RouterAddress)) ? ip.Address : null,
            Deprecated = lines.Any(line => line.Modes.HasFlag(RangeModes.Deprecated)),
        };
    }

    /// <summary>dnsmasq's choice: the shortest lease that something is said of, but time for three advertisements.</summary>
    private static uint LifetimeOf(IpDefinition ip, List<RangeLine> lines, RaLine? advertising)
    {
        uint shortest = 3 * (uint)(advertising?.Interval ?? RaLine.UsualInterval);
        uint[] leases = [.. ip.Ranges.Select(range => range.Lease).Concat(lines.Select(line => line.Lease)).OfType<LeaseTime>().Select(lease => lease.Seconds)];
        return leases.Length == 0 ? RouterAdvertisement.InfiniteLifetime : Math.Max(shortest, leases.Min());
    }

    /// <summary>dnsmasq's choice: the longest of the prefixes, unique local and other ones apart, and the shorter of these.</summary>
    private static uint DnsLifetimeOf(List<IpDefinition> addresses, List<AdvertisedPrefix> prefixes)
    {
        uint[] longest = [.. addresses.Zip(prefixes).GroupBy(one => one.First.Address.IsIPv6UniqueLocal)
            .Select(kind => kind.Max(one => one.Second.Deprecated ? 0 : one.Second.Lifetime)).Where(lifetime => lifetime != 0)];
        return longest.Length == 0 ? RouterAdvertisement.InfiniteLifetime : longest.Min();
    }
}
