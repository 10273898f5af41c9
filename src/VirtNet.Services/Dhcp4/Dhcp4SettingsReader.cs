using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Names;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>Reads the settings out of a definition.</summary>
internal static class Dhcp4SettingsReader
{
    /// <summary>
    /// Null where DHCPv4 has nothing to do: no bridge of our own, or no IPv4 address with ranges or hosts (libvirt allows
    /// at most one).
    /// </summary>
    public static Dhcp4Settings? Read(NetworkDefinition network)
    {
        IpDefinition? ip = network.Ips.FirstOrDefault(ip => !ip.IsIpv6 && ip.HasDhcp);
        if (!network.OwnsBridge || network.BridgeName is not { } bridge || network.Uuid is not { } uuid
            || ip?.EffectivePrefix is not { } prefix)
        {
            return null;
        }

        uint gateway = Subnet.ToUInt32(ip.Address);
        DnsmasqReading lines = DnsmasqReader.Read(network);
        bool dns = network.Dns?.Enable != false && lines.DnsPort is null or ResolvConf.DnsPort;
        Dhcp4Settings settings = new()
        {
            Network = uuid,
            Name = network.Name,
            Bridge = bridge,
            Gateway = gateway,
            Mask = Subnet.ToUInt32(Subnet.Netmask(prefix)),
            Ranges = ip.Ranges.Select(range => ReadRange(range, lines.Dhcp)).ToValueList(),
            OutsideTag = OutsideTag(ip, lines.Dhcp),
            ReservedNames = ReservedNames.Of(network),
            Domain = network.Domain?.Name,
            Mtu = (ushort)Math.Min(network.Mtu, ushort.MaxValue),
            SendsRouter = network.Forward.Mode != ForwardMode.None,
            SendsNameServer = dns,
            Rules = lines.Dhcp,
            Boots = ReadBoots(network, ip, lines.Dhcp, gateway).ToValueList(),
            PxeServices = lines.Dhcp.PxeServices.Select(service => ReadService(service, network)).ToValueList(),
            NameOfAddress = dns ? ReadNames(network) : FrozenDictionary<uint, string>.Empty,
            ExtraOptions = lines.Dhcp.Options.Where(option => !option.IsIpv6).Select(option => ReadOption(option, gateway)).ToValueList(),
        };

        // A reserved address that cannot be reached from here is not a reservation: its client is served like others.
        Dhcp4Reservation[] reservations =
            [.. ip.Hosts.Select(ReadHost).Concat(lines.Dhcp.Hosts.Select(ReadHost)).Where(host => host.Address == 0 || settings.InSubnet(host.Address))];
        return settings with
        {
            Hosts = new KnownHosts(lines.Dhcp, host => IsHere(host, settings)),
            ByMac = First(reservations.Where(host => host.Mac is not null), host => host.Mac!.Value, null),
            ByName = First(
                reservations.Where(host => host.Mac is null && host.Name is not null),
                host => host.Name!,
                StringComparer.OrdinalIgnoreCase),
            ByAddress = First(reservations.Where(host => host.Address != 0), host => host.Address, null),
        };
    }

    /// <summary>
    /// dnsmasq takes an address of no range for one of the first range without a pool, else of the first range. libvirt writes the
    /// definition's own before all others, and one without a pool where it has hosts only.
    /// </summary>
    private static string? OutsideTag(IpDefinition ip, DhcpRules rules)
    {
        RangeLine? first = ip.Ranges.Count == 0 ? null : LineOf(ip.Ranges[0], rules);
        bool hasHostsOnly = (ip.Ranges.Count == 0 || first is not null) && rules.OwnHosts.Any(host => host.Ipv6 is null && host.ClientId is null);
        return hasHostsOnly ? null
            : (rules.Ranges.FirstOrDefault(range => !range.IsIpv6 && range.Modes.HasFlag(RangeModes.Static)) ?? first)?.Sets;
    }

    private static RangeLine? LineOf(DhcpRange range, DhcpRules rules) =>
        rules.Ranges.FirstOrDefault(line => line.Start.Equals(range.Start) && range.End.Equals(line.End));

    private static Dhcp4Range ReadRange(DhcpRange range, DhcpRules rules)
    {
        RangeLine? line = LineOf(range, rules);
        return new Dhcp4Range(
            Subnet.ToUInt32(range.Start), Subnet.ToUInt32(range.End), range.Lease?.Seconds ?? Dhcp4Range.DefaultLease)
        {
            Condition = line?.Condition ?? TagCondition.None,
            Tag = line?.Sets,
            Broadcast = line?.Broadcast is { } broadcast ? Subnet.ToUInt32(broadcast) : null,
        };
    }

    private static IEnumerable<Dhcp4Boot> ReadBoots(NetworkDefinition network, IpDefinition ip, DhcpRules rules, uint gateway)
    {
        foreach (BootLine line in rules.Boots)
        {
            IPAddress? server = line.NextServer ?? (line.NextServerName is { } name ? FindAddress(network, name) : null);
            yield return new Dhcp4Boot(
                line.Condition, line.File, line.ServerName, server is null ? gateway : Subnet.ToUInt32(server));
        }

        if (ip.Boot is { } boot)
        {
            yield return new Dhcp4Boot(
                TagCondition.None, boot.File, ServerName: null, boot.Server is { } server ? Subnet.ToUInt32(server) : gateway);
        }
    }

    private static PxeServiceLine ReadService(PxeServiceLine service, NetworkDefinition network) =>
        service.ServerName is { } name ? service with { Server = FindAddress(network, name) } : service;

    /// <summary>What the definition itself says about a name.</summary>
    private static IPAddress? FindAddress(NetworkDefinition network, string name) =>
        (network.Dns?.Hosts ?? []).Where(host => host.Names.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(host => host.Address)
            .Concat(network.Ips.SelectMany(ip => ip.Hosts)
                .Where(host => name.Equals(host.Name, StringComparison.OrdinalIgnoreCase)).Select(host => host.Address).OfType<IPAddress>())
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork);

    private static Dhcp4ExtraOption ReadOption(OptionLine line, uint gateway)
    {
        ValueList<byte> value = line.Value.Form == OptionValueForm.Addresses && !line.IsNested
            ? WithOwnAddress(line.Value.Octets, gateway) : line.Value.Octets;
        return new Dhcp4ExtraOption((Dhcp4OptionCode)line.Code, value, line.IsForced)
        {
            Condition = line.Condition,
            IsText = line.Value.IsText,
            Vendor = line.Vendor,
            Encapsulation = line.Encapsulation,
            Enterprise = line.Enterprise,
        };
    }

    /// <summary>0.0.0.0 stands for the bridge.</summary>
    private static ValueList<byte> WithOwnAddress(ValueList<byte> addresses, uint gateway)
    {
        byte[] octets = [.. addresses];
        for (int i = 0; i + 4 <= octets.Length; i += 4)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(octets.AsSpan(i)) == 0)
            {
                BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(i), gateway);
            }
        }

        return octets.ToValueList();
    }

    /// <summary>Only what it keeps from others; to whom it applies is found out for each client.</summary>
    private static Dhcp4Reservation ReadHost(HostLine host) =>
        new(Mac: null, Name: null, host.Ipv4 is { } address ? Subnet.ToUInt32(address) : 0, Lease: null);

    /// <summary>A host with addresses is one of the network that they are of.</summary>
    private static bool IsHere(HostLine host, Dhcp4Settings settings) =>
        host.Ipv4 is { } address ? settings.InSubnet(Subnet.ToUInt32(address)) : host.Ipv6 is null;

    /// <summary>What a line gives this client.</summary>
    public static Dhcp4Reservation? ReservationOf(HostLine host, MacAddress mac) =>
        (host.Ipv4 ?? (object?)host.Name ?? host.Lease) is null ? null : new Dhcp4Reservation(
            host.NamesMachine ? mac : null,
            host.Name,
            host.Ipv4 is { } address ? Subnet.ToUInt32(address) : 0,
            host.Lease?.Seconds);


    private static Dhcp4Reservation ReadHost(DhcpHost host) => new(
        MacAddress.TryParse(host.Mac, out MacAddress mac) ? mac : null,
        host.Name is { } name ? HostNames.FirstLabel(name) : null,
        host.Address is { AddressFamily: AddressFamily.InterNetwork } address ? Subnet.ToUInt32(address) : 0,
        host.Lease?.Seconds);

    private static FrozenDictionary<uint, string> ReadNames(NetworkDefinition network) => First(
        (network.Dns?.Hosts ?? []).Where(host => host.Address.AddressFamily == AddressFamily.InterNetwork
            && host.Names.Count > 0 && HostNames.TryRead(host.Names[0], out _)),
        host => Subnet.ToUInt32(host.Address),
        null).ToFrozenDictionary(entry => entry.Key, entry => HostNames.FirstLabel(entry.Value.Names[0]));

    private static FrozenDictionary<TKey, T> First<TKey, T>(
        IEnumerable<T> items, Func<T, TKey> key, IEqualityComparer<TKey>? comparer)
        where TKey : notnull =>
        items.DistinctBy(key, comparer).ToFrozenDictionary(key, comparer);
}
