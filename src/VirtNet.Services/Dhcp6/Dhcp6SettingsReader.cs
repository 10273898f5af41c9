using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>Reads the settings out of a definition.</summary>
internal static class Dhcp6SettingsReader
{
    /// <summary>Seconds.</summary>
    private const uint ShortestRefresh = 600;

    /// <summary>
    /// Null where DHCPv6 has nothing to do: no bridge of our own, or no IPv6 address with ranges or hosts (libvirt allows
    /// at most one).
    /// </summary>
    public static Dhcp6Settings? Read(NetworkDefinition network)
    {
        DnsmasqReading lines = DnsmasqReader.Read(network);
        IpDefinition? ip = network.Ips.FirstOrDefault(ip => ip.IsIpv6 && (ip.HasDhcp || RangeLine.ServesDhcp(ip, lines.Dhcp.Ranges)));
        if (!network.OwnsBridge || network.BridgeName is not { } bridge || network.Uuid is not { } uuid
            || ip?.Network is not { } subnet)
        {
            return null;
        }

        bool dns = network.Dns?.Enable != false && lines.DnsPort is null or ResolvConf.DnsPort;
        Dhcp6Settings settings = new()
        {
            Network = uuid,
            Name = network.Name,
            Bridge = bridge,
            Gateway = AddressKey.Of(ip.Address),
            Subnet = subnet,
            LinkSubnets = network.Ips.Where(other => other.IsIpv6).Select(other => other.Network).OfType<IPNetwork>().ToValueList(),
            Ranges = ip.Ranges.Select(range => ReadRange(range, lines.Dhcp)).ToValueList(),
            Outside = ReadRest(subnet, lines.Dhcp),
            Preference = IsAuthoritative(network, lines) ? byte.MaxValue : (byte)0,
            RefreshTime = RefreshTime(ip, lines.Dhcp),
            ReservedNames = ReservedNames.Of(network),
            Domain = network.Domain?.Name,
            SendsNameServer = dns,
            Rules = lines.Dhcp,
            ExtraOptions = lines.Dhcp.Options.Where(option => option.IsIpv6).Select(option => ReadOption(option, network, ip.Address)).ToValueList(),
            NameOfAddress = dns ? ReadNames(network) : FrozenDictionary<AddressKey, string>.Empty,
        };

        // A reserved address that cannot be reached from here is not a reservation: its client is served like others.
        Dhcp6Reservation[] reservations =
            [.. ip.Hosts.Select(ReadHost).Concat(lines.Dhcp.Hosts.Select(ReadHost)).Where(host => host.Address is not { } address || settings.InSubnet(address))];
        return settings with
        {
            Hosts = new KnownHosts(lines.Dhcp, host => IsHere(host, settings)),
            ByDuid = First(reservations.Where(host => host.Duid is not null), host => host.Duid!, null),
            ByName = First(
                reservations.Where(host => host.Duid is null && host.Name is not null),
                host => host.Name!,
                StringComparer.OrdinalIgnoreCase),
            ByAddress = reservations.SelectMany(host => host.Addresses, (host, address) => (host, address)).DistinctBy(one => one.address)
                .ToFrozenDictionary(one => one.address, one => one.host),
        };
    }

    /// <summary>dnsmasq calls itself the one to choose where it is authoritative, which libvirt makes it where it serves DHCPv4.</summary>
    private static bool IsAuthoritative(NetworkDefinition network, DnsmasqReading lines) =>
        lines.Dhcp.IsAuthoritative || network.Ips.Any(other => !other.IsIpv6 && other.HasDhcp);

    /// <summary>The shortest lease of the subnet, but no less than RFC 8415, 21.23 allows.</summary>
    private static uint RefreshTime(IpDefinition ip, DhcpRules rules) => Math.Max(
        ShortestRefresh,
        ip.Ranges.Select(range => range.Lease)
            .Concat(rules.Ranges.Where(line => line.IsIpv6 && line.End is null).Select(line => line.Lease))
            .Select(lease => lease?.Seconds ?? Dhcp6Range.DefaultLease)
            .DefaultIfEmpty(Dhcp6Range.DefaultLease).Min());

    private static Dhcp6Range ReadRange(DhcpRange range, DhcpRules rules) => With(
        rules.Ranges.FirstOrDefault(line => line.Start.Equals(range.Start) && range.End.Equals(line.End)),
        new Dhcp6Range(AddressKey.Of(range.Start).Value, AddressKey.Of(range.End).Value, range.Lease?.Seconds ?? Dhcp6Range.DefaultLease));

    /// <summary>Lines without a pool are about all of their subnet, so they come before others.</summary>
    private static Dhcp6Range ReadRest(IPNetwork subnet, DhcpRules rules) => With(
        rules.Ranges.Where(line => line.IsIpv6 && subnet.Contains(line.Start)).OrderBy(line => line.End is not null).FirstOrDefault(),
        new Dhcp6Range(UInt128.MaxValue, UInt128.Zero, Dhcp6Range.DefaultLease));

    private static Dhcp6Range With(RangeLine? line, Dhcp6Range range) => line is null ? range : range with
    {
        Condition = line.Condition,
        Tag = line.Sets,
        IsDeprecated = line.Modes.HasFlag(RangeModes.Deprecated),
    };

    // An id that is no DUID is nobody's; its address stays reserved.
    private static Dhcp6Reservation ReadHost(DhcpHost host) => new(
        host.Id is null ? null : Duid.Normalize(host.Id) ?? "",
        host.Name is { } name ? HostNames.FirstLabel(name) : null,
        host.Address is { AddressFamily: AddressFamily.InterNetworkV6 } address ? AddressKey.Of(address) : null,
        host.Lease?.Seconds);

    /// <summary>Only what it keeps from others; to whom it applies is found out for each client.</summary>
    private static Dhcp6Reservation ReadHost(HostLine host) => new(Duid: null, Name: null, AddressOf(host), Lease: null) { Count = host.Ipv6Count };

    /// <summary>A host with addresses is one of the network that they are of.</summary>
    private static bool IsHere(HostLine host, Dhcp6Settings settings) =>
        AddressOf(host) is { } address ? settings.InSubnet(address) : host.Ipv4 is null;

    /// <summary>What a line gives this client.</summary>
    public static Dhcp6Reservation? ReservationOf(HostLine host, string duid) =>
        (host.Ipv6 ?? (object?)host.Name ?? host.Lease) is null ? null : new Dhcp6Reservation(
            host.NamesMachine ? duid : null, host.Name, AddressOf(host), host.Lease?.Seconds)
        {
            Count = host.Ipv6Count,
        };

    private static AddressKey? AddressOf(HostLine host) => host.Ipv6 is { } address ? AddressKey.Of(address) : null;

    /// <summary>For the bridge's link-local address, which is not known here, its global one.</summary>
    private static Dhcp6ExtraOption ReadOption(OptionLine line, NetworkDefinition network, IPAddress own)
    {
        ValueList<byte> octets = line.Value.Octets;
        if (line.Value.Form == OptionValueForm.Addresses)
        {
            octets = OwnIpv6.Fill(octets, network.Ips, own).Select(address => address.Equals(OwnIpv6.LinkLocal) ? own : address)
                .SelectMany(address => address.GetAddressBytes()).ToValueList();
        }

        return new Dhcp6ExtraOption((Dhcp6OptionCode)line.Code, octets, line.IsForced, line.Condition);
    }

    private static FrozenDictionary<AddressKey, string> ReadNames(NetworkDefinition network) => First(
        (network.Dns?.Hosts ?? []).Where(host => host.Address.AddressFamily == AddressFamily.InterNetworkV6
            && host.Names.Count > 0 && HostNames.TryRead(host.Names[0], out _)),
        host => AddressKey.Of(host.Address),
        null).ToFrozenDictionary(entry => entry.Key, entry => HostNames.FirstLabel(entry.Value.Names[0]));

    private static FrozenDictionary<TKey, T> First<TKey, T>(
        IEnumerable<T> items, Func<T, TKey> key, IEqualityComparer<TKey>? comparer)
        where TKey : notnull =>
        items.DistinctBy(key, comparer).ToFrozenDictionary(key, comparer);
}
