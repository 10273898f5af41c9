using System.Diagnostics.CodeAnalysis;
using VirtNet.Model;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>
/// All that a network's definition says about names, ready for look-ups. Immutable once built: an update of the network
/// makes a new one.
/// </summary>
internal sealed class LocalZone
{
    private readonly Dictionary<DnsName, DnsRecord[]>.AlternateLookup<ReadOnlySpan<byte>> _records;
    private readonly Dictionary<DnsName, ZoneRoute>.AlternateLookup<ReadOnlySpan<byte>> _routes;
    private readonly NameAncestors _ancestors = new();

    public LocalZone(
        DnsName? domain,
        HostTable hosts,
        HostTable reservations,
        Dictionary<DnsName, DnsRecord[]> records,
        Dictionary<DnsName, ZoneRoute> routes)
    {
        Domain = domain;
        Hosts = hosts;
        Reservations = reservations;
        HasRoutes = routes.Count > 0;
        HasRecords = records.Count > 0;
        _records = records.GetAlternateLookup<ReadOnlySpan<byte>>();
        _routes = routes.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (DnsName name in records.Keys)
        {
            _ancestors.AddAbove(name);
        }
    }

    /// <summary>The network's domain, or null.</summary>
    public DnsName? Domain { get; }

    /// <summary>Names of <c>&lt;dns&gt;&lt;host&gt;</c>.</summary>
    public HostTable Hosts { get; }

    /// <summary>Names of DHCP reservations that say both a client and its address.</summary>
    public HostTable Reservations { get; }

    /// <summary>Whether names without a dot are never asked for elsewhere.</summary>
    public bool KeepsPlainNames { get; init; }

    /// <summary>Whether the host's own hosts file counts.</summary>
    public bool UsesHostsFile { get; init; } = true;

    /// <summary>Whether the host's resolv.conf names further default servers.</summary>
    public bool UsesResolvConf { get; init; }

    /// <summary>Default servers that the definition names itself.</summary>
    public ValueList<NetEndpoint> DefaultServers { get; init; } = [];

    private bool HasRecords { get; }

    private bool HasRoutes { get; }

    public ReadOnlySpan<DnsRecord> FindRecords(ReadOnlySpan<byte> name) =>
        HasRecords && _records.TryGetValue(name, out DnsRecord[]? records) ? records : [];

    /// <summary>Whether records or hosts of the definition have names below this one.</summary>
    public bool IsAbove(ReadOnlySpan<byte> name) =>
        _ancestors.Contains(name) || Hosts.IsAbove(name) || Reservations.IsAbove(name);

    /// <summary>The rule of the longest domain that holds the name.</summary>
    /// <param name="domain">That domain, as a part of the name.</param>
    public bool TryFindRoute(
        ReadOnlySpan<byte> name, [NotNullWhen(true)] out ZoneRoute? route, out ReadOnlySpan<byte> domain)
    {
        route = null;
        domain = name;
        while (HasRoutes)
        {
            if (_routes.TryGetValue(domain, out route))
            {
                return true;
            }

            if (domain[0] == 0)
            {
                return false;
            }

            domain = DnsName.Parent(domain);
        }

        return false;
    }

    /// <summary>The name without the network's domain where that leaves one label, else nothing.</summary>
    public ReadOnlySpan<byte> PlainPart(ReadOnlySpan<byte> name)
    {
        if (DnsName.IsPlainName(name))
        {
            return name.Slice(1, name[0]);
        }

        return Domain is not null && name[0] != 0 && DnsName.SameName(DnsName.Parent(name), Domain.Wire)
            ? name.Slice(1, name[0])
            : [];
    }

    /// <summary>A plain name as it is told to others: in the network's domain, if there is one.</summary>
    public DnsName Qualify(DnsName name) => Domain is not null && name.IsPlain ? name.Under(Domain) ?? name : name;
}
