using System.Diagnostics.CodeAnalysis;
using System.Net;
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
    private readonly RouteTable _routes;
    private readonly NameAncestors _ancestors = new();
    private readonly Dictionary<DnsName, uint>.AlternateLookup<ReadOnlySpan<byte>> _timesToLive;

    public LocalZone(
        DnsName? domain,
        HostTable hosts,
        HostTable reservations,
        Dictionary<DnsName, DnsRecord[]> records,
        RouteTable routes,
        Dictionary<DnsName, uint> timesToLive)
    {
        Domain = domain;
        Hosts = hosts;
        Reservations = reservations;
        HasRecords = records.Count > 0;
        HasTimesToLive = timesToLive.Count > 0;
        _records = records.GetAlternateLookup<ReadOnlySpan<byte>>();
        _routes = routes;
        _timesToLive = timesToLive.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (DnsName name in records.Keys)
        {
            _ancestors.AddAbove(name);
        }
    }

    /// <summary>The network's domain, or null.</summary>
    public DnsName? Domain { get; }

    /// <summary>Names of <c>&lt;dns&gt;&lt;host&gt;</c>.</summary>
    public HostTable Hosts { get; }

    /// <summary>Names that stand for themselves only, and not in the network's domain too.</summary>
    public HostTable FullNames { get; init; } = HostTable.Empty;

    /// <summary>Files of further names in the form of hosts(5).</summary>
    public ValueList<string> HostsFiles { get; init; } = [];

    /// <summary>Whether names with addresses of ours take their mail themselves.</summary>
    public bool IsOwnMailServer { get; init; }

    /// <summary>Where else their mail goes; null = nowhere.</summary>
    public DnsName? MailTarget { get; init; }

    /// <summary>Names of guests count in the network's domain only.</summary>
    public bool LeasesHaveFullNames { get; init; }

    /// <summary>Of a name's IPv4 addresses those in here are told alone, if there are any.</summary>
    public ValueList<IPNetwork> NearSubnets { get; init; } = [];

    /// <summary>Seconds for which names of guests may be kept; null = like others.</summary>
    public uint? LeaseTimeToLive { get; init; }

    /// <summary>Names of DHCP reservations that say both a client and its address.</summary>
    public HostTable Reservations { get; }

    /// <summary>Whether names without a dot are never asked for elsewhere.</summary>
    public bool KeepsPlainNames { get; init; }

    /// <summary>Whether addresses of names without a dot are never asked for elsewhere; a top-level domain's other records are.</summary>
    public bool KeepsPlainAddresses { get; init; }

    /// <summary>Who is asked for names without a dot, if not the default servers.</summary>
    public ValueList<NetEndpoint> PlainNameServers { get; init; } = [];

    /// <summary>Whether what Windows asks of its domain is never asked for elsewhere: SOA, SRV, anything of a name with an underscore.</summary>
    public bool KeepsWindowsQuestions { get; init; }

    /// <summary>Whether names of private addresses that are not known here do not exist, unless their domain has servers.</summary>
    public bool KeepsPrivateReverse { get; init; }

    /// <summary>Whether the host's own hosts file counts.</summary>
    public bool UsesHostsFile { get; init; } = true;

    /// <summary>Whether the host's resolv.conf names further default servers.</summary>
    public bool UsesResolvConf { get; init; }

    /// <summary>Default servers that the definition names itself.</summary>
    public ValueList<NetEndpoint> DefaultServers { get; init; } = [];

    /// <summary>Another file than the host's resolv.conf that names the default servers.</summary>
    public string? ResolvFile { get; init; }

    /// <summary>Where guests ask; null = at the usual port, 0 = nowhere.</summary>
    public ushort? Port { get; init; }

    /// <summary>Zones that this server is the authority of.</summary>
    public ValueList<DnsName> AuthorityZones { get; init; } = [];

    /// <summary>Names that are made of addresses.</summary>
    public ValueList<SynthDomain> SynthDomains { get; init; } = [];

    /// <summary>Seconds for which what is answered from here may be kept: names of guests come and go.</summary>
    public uint TimeToLive { get; init; }

    /// <summary>The same in the zones that this server is the authority of.</summary>
    public uint AuthorityTimeToLive { get; init; }

    /// <summary>What is done to the answers of other servers.</summary>
    public AnswerRules AnswerRules { get; init; } = AnswerRules.None;

    private bool HasRecords { get; }

    private bool HasTimesToLive { get; }

    public ReadOnlySpan<DnsRecord> FindRecords(ReadOnlySpan<byte> name) =>
        HasRecords && _records.TryGetValue(name, out DnsRecord[]? records) ? records : [];

    /// <summary>The alias that stands for all names below its own where nothing else is known (RFC 4592), in our own zones.</summary>
    public DnsRecord? FindWildcardAlias(ReadOnlySpan<byte> name)
    {
        if (!HasRecords || !IsInAuthorityZone(name))
        {
            return null;
        }

        Span<byte> wildcard = stackalloc byte[DnsName.MaxLength + 2];
        wildcard[0] = 1;
        wildcard[1] = (byte)'*';
        while (name[0] != 0)
        {
            name = DnsName.Parent(name);
            name.CopyTo(wildcard[2..]);
            foreach (DnsRecord record in FindRecords(wildcard[..(name.Length + 2)]))
            {
                if (record.Type == DnsType.Cname)
                {
                    return record;
                }
            }
        }

        return null;
    }

    /// <summary>Whether records, hosts or wildcards of the definition have names below this one.</summary>
    public bool IsAbove(ReadOnlySpan<byte> name) =>
        _ancestors.Contains(name) || Hosts.IsAbove(name) || FullNames.IsAbove(name) || Reservations.IsAbove(name) || _routes.IsAbove(name);

    public bool IsInAuthorityZone(ReadOnlySpan<byte> name) => FindAuthorityZone(name) is not null;

    /// <summary>The zone of ours that a name is in: of zones within zones the nearest.</summary>
    public DnsName? FindAuthorityZone(ReadOnlySpan<byte> name)
    {
        DnsName? nearest = null;
        foreach (DnsName zone in AuthorityZones.AsSpan())
        {
            if (DnsName.IsSameOrBelow(name, zone.Wire) && zone.Wire.Length > (nearest?.Wire.Length ?? 0))
            {
                nearest = zone;
            }
        }

        return nearest;
    }

    /// <summary>Seconds for which an answer about a name may be kept.</summary>
    public uint TimeToLiveOf(ReadOnlySpan<byte> name) =>
        OwnTimeToLiveOf(name) is { } seconds ? seconds
        : AuthorityZones.Count > 0 && IsInAuthorityZone(name) ? AuthorityTimeToLive
        : TimeToLive;

    /// <summary>The same where it was said of this name; else null.</summary>
    public uint? OwnTimeToLiveOf(ReadOnlySpan<byte> name) =>
        HasTimesToLive && _timesToLive.TryGetValue(name, out uint seconds) ? seconds : null;

    /// <inheritdoc cref="RouteTable.TryFind"/>
    public bool TryFindRoute(
        ReadOnlySpan<byte> name, [NotNullWhen(true)] out ZoneRoute? route, out ReadOnlySpan<byte> wider, out bool isForAll) =>
        _routes.TryFind(name, out route, out wider, out isForAll);

    /// <summary>The name without the network's domain where that leaves one label, else nothing.</summary>
    public ReadOnlySpan<byte> PlainPart(ReadOnlySpan<byte> name)
    {
        if (DnsName.IsPlainName(name))
        {
            return name.Slice(1, name[0]);
        }

        return name[0] != 0 && IsDomain(DnsName.Parent(name)) ? name.Slice(1, name[0]) : [];
    }

    /// <summary>A plain name as it is told to others: in the network's domain, if there is one.</summary>
    public DnsName Qualify(DnsName name) => Domain is not null && name.IsPlain ? name.Under(Domain) ?? name : name;

    private bool IsDomain(ReadOnlySpan<byte> name)
    {
        if (Domain is not null && DnsName.SameName(name, Domain.Wire))
        {
            return true;
        }

        foreach (DnsName zone in AuthorityZones.AsSpan())
        {
            if (DnsName.SameName(name, zone.Wire))
            {
                return true;
            }
        }

        return false;
    }
}
