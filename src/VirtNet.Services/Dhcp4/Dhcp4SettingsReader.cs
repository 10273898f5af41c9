using System.Collections.Frozen;
using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Names;

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
        bool dns = network.Dns?.Enable != false;
        Dhcp4Settings settings = new()
        {
            Network = uuid,
            Name = network.Name,
            Bridge = bridge,
            Gateway = gateway,
            Mask = Subnet.ToUInt32(Subnet.Netmask(prefix)),
            Ranges = ip.Ranges.Select(ReadRange).ToValueList(),
            ReservedNames = ReservedNames.Of(network),
            Domain = network.Domain?.Name,
            Mtu = (ushort)Math.Min(network.Mtu, ushort.MaxValue),
            SendsRouter = network.Forward.Mode != ForwardMode.None,
            SendsNameServer = dns,
            BootFile = ip.Boot?.File,
            NextServer = ip.Boot?.Server is { } server ? Subnet.ToUInt32(server) : gateway,
            NameOfAddress = dns ? ReadNames(network) : FrozenDictionary<uint, string>.Empty,
            ExtraOptions = network.DnsmasqOptions
                .Select(line => DnsmasqDhcpOption.TryParse(line, gateway, out Dhcp4ExtraOption? option) ? option : null)
                .OfType<Dhcp4ExtraOption>().ToValueList(),
        };

        // A reserved address that cannot be reached from here is not a reservation: its client is served like others.
        Dhcp4Reservation[] reservations =
            [.. ip.Hosts.Select(ReadHost).Where(host => host.Address == 0 || settings.InSubnet(host.Address))];
        return settings with
        {
            ByMac = First(reservations.Where(host => host.Mac is not null), host => host.Mac!.Value, null),
            ByName = First(
                reservations.Where(host => host.Mac is null && host.Name is not null),
                host => host.Name!,
                StringComparer.OrdinalIgnoreCase),
            ByAddress = First(reservations.Where(host => host.Address != 0), host => host.Address, null),
        };
    }

    private static Dhcp4Range ReadRange(DhcpRange range) => new(
        Subnet.ToUInt32(range.Start), Subnet.ToUInt32(range.End), Seconds(range.Lease) ?? Dhcp4Range.DefaultLease);

    private static Dhcp4Reservation ReadHost(DhcpHost host) => new(
        MacAddress.TryParse(host.Mac, out MacAddress mac) ? mac : null,
        host.Name is { } name ? HostNames.FirstLabel(name) : null,
        host.Address is { AddressFamily: AddressFamily.InterNetwork } address ? Subnet.ToUInt32(address) : 0,
        Seconds(host.Lease));

    private static uint? Seconds(LeaseTime? lease) => lease switch
    {
        null => null,
        { Duration: { } duration } => (uint)Math.Min(duration.TotalSeconds, Dhcp4Range.Infinite - 1),
        _ => Dhcp4Range.Infinite,
    };

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
