using System.Buffers.Binary;
using VirtNet.Model;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>Collects the names of one network.</summary>
internal sealed class LocalZoneBuilder
{
    private readonly Dictionary<DnsName, DnsRecord[]> _records = new(DnsNameComparer.Instance);
    private readonly Dictionary<DnsName, ZoneRoute> _routes = new(DnsNameComparer.Instance);
    private readonly HostTable _hosts = new();
    private readonly HostTable _reservations = new();
    private readonly List<NetEndpoint> _defaultServers = [];
    private bool _keepsPlainNames;
    private bool _usesHostsFile = true;
    private bool _usesResolvConf = true;

    public DnsName? Domain { get; init; }

    public void KeepPlainNames() => _keepsPlainNames = true;

    public void IgnoreHostsFile() => _usesHostsFile = false;

    public void IgnoreResolvConf() => _usesResolvConf = false;

    public void AddHost(DnsName name, NetAddress address) => _hosts.Add(name, address);

    public void AddReservation(DnsName name, NetAddress address) => _reservations.Add(name, address);

    public void AddDefaultServer(NetEndpoint server) => _defaultServers.Add(server);

    public void AddRecord(DnsName name, DnsRecord record) =>
        _records[name] = [.. _records.GetValueOrDefault(name, []), record];

    public void AddText(DnsName name, string value) =>
        AddRecord(name, new DnsRecord(DnsType.Txt, TextStrings.Encode(value)));

    /// <summary>A service without a domain of its own (two labels) is one of the network's domain.</summary>
    public void AddService(DnsName name, DnsName target, ushort port, ushort priority, ushort weight)
    {
        bool bare = DnsName.IsPlainName(DnsName.Parent(name.Wire)) || name.IsPlain;
        byte[] data = new byte[6 + target.Wire.Length];
        BinaryPrimitives.WriteUInt16BigEndian(data, priority);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), weight);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(4), port);
        target.Wire.CopyTo(data.AsSpan(6));
        AddRecord(bare && Domain is not null ? name.Under(Domain) ?? name : name, new DnsRecord(DnsType.Srv, data));
    }

    /// <summary>
    /// Adds a rule for a domain. Servers and addresses of one domain add up; servers beat "local only", and addresses leave
    /// what they do not answer to either.
    /// </summary>
    public void AddRoute(DnsName domain, ZoneRoute route) =>
        _routes[domain] = Join(_routes.GetValueOrDefault(domain), route)!;

    private static ZoneRoute? Join(ZoneRoute? known, ZoneRoute? more) => (known, more) switch
    {
        (null, _) => more,
        (_, null) => known,
        (ZoneRoute.Fixed first, ZoneRoute.Fixed second) =>
            new ZoneRoute.Fixed([.. first.Addresses, .. second.Addresses], Join(first.Others, second.Others)),
        (ZoneRoute.Fixed addresses, _) => addresses with { Others = Join(addresses.Others, more) },
        (_, ZoneRoute.Fixed addresses) => addresses with { Others = Join(known, addresses.Others) },
        (ZoneRoute.Servers first, ZoneRoute.Servers second) => new ZoneRoute.Servers([.. first.Endpoints, .. second.Endpoints]),
        (_, ZoneRoute.Local) => known,
        _ => more,
    };

    public LocalZone Build() => new(Domain, _hosts, _reservations, _records, _routes)
    {
        KeepsPlainNames = _keepsPlainNames,
        UsesHostsFile = _usesHostsFile,
        UsesResolvConf = _usesResolvConf,
        DefaultServers = _defaultServers.ToValueList(),
    };
}
