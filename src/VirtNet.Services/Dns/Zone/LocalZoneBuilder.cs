using System.Buffers.Binary;
using System.Net;
using VirtNet.Model;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>Collects the names of one network.</summary>
internal sealed class LocalZoneBuilder
{
    private const uint DefaultAuthorityTimeToLive = 600;

    private readonly Dictionary<DnsName, DnsRecord[]> _records = new(DnsNameComparer.Instance);
    private readonly RouteTable _routes = new();
    private readonly Dictionary<DnsName, uint> _timesToLive = new(DnsNameComparer.Instance);
    private readonly List<DnsName> _authorityZones = [];
    private readonly List<SynthDomain> _synthDomains = [];
    private readonly List<(DnsName Name, DnsName? Target, ushort Preference)> _mailServers = [];
    private readonly HostTable _hosts = new();
    private readonly HostTable _fullNames = new();
    private readonly HostTable _reservations = new();
    private readonly List<string> _hostsFiles = [];
    private readonly List<NetEndpoint> _defaultServers = [];
    private bool _keepsPlainNames;
    private bool _keepsWindowsQuestions;
    private readonly List<NetEndpoint> _plainNameServers = [];
    private bool _usesHostsFile = true;
    private bool _usesResolvConf = true;
    private bool _keepsPrivateReverse;
    private string? _resolvFile;
    private ushort? _port;
    private uint _timeToLive;
    private uint _authorityTimeToLive = DefaultAuthorityTimeToLive;
    private DnsName? _authorityServer;
    private DnsName? _mailTarget;
    private bool _isOwnMailServer;
    private bool _hasMailServer;
    private bool _leasesHaveFullNames;
    private bool _prefersNearAddresses;
    private bool _keepsPlainAddresses;
    private uint? _leaseTimeToLive;
    private AuthorityTimes _authority = AuthorityTimes.Default;

    public DnsName? Domain { get; init; }

    /// <summary>What the host calls itself.</summary>
    public string HostName { get; init; } = Environment.MachineName;

    /// <summary>What the line that was applied last does only in part; null if it does all.</summary>
    public string? Shortcoming { get; set; }

    /// <summary>The subnets of the network.</summary>
    public ValueList<IPNetwork> Subnets { get; init; } = [];

    /// <summary>What is done to the answers of other servers.</summary>
    public AnswerRules AnswerRules { get; set; } = AnswerRules.None;

    public void KeepPlainNames() => _keepsPlainNames = true;

    /// <summary>Addresses of names without a dot are not asked for elsewhere.</summary>
    public void KeepPlainAddresses() => _keepsPlainAddresses = true;

    /// <summary>Questions of Windows about its domain are not asked for elsewhere.</summary>
    public void KeepWindowsQuestions() => _keepsWindowsQuestions = true;

    public void AddPlainNameServer(NetEndpoint server) => _plainNameServers.Add(server);

    public void IgnoreHostsFile() => _usesHostsFile = false;

    public void IgnoreResolvConf() => _usesResolvConf = false;

    public void UseResolvFile(string path) => _resolvFile = path;

    /// <summary>Names of private addresses are not asked for elsewhere, unless a rule names the servers for them.</summary>
    public void KeepPrivateReverse() => _keepsPrivateReverse = true;

    /// <summary>Null = the usual one.</summary>
    public ushort? Port => _port;

    public void SetPort(ushort port) => _port = port;

    public void SetTimeToLive(uint seconds) => _timeToLive = seconds;

    public void SetTimeToLive(DnsName name, uint seconds) => _timesToLive[name] = seconds;

    public void SetAuthorityTimeToLive(uint seconds) => _authorityTimeToLive = seconds;

    public void SetAuthorityServer(DnsName server) => _authorityServer = server;

    public void SetAuthority(AuthorityTimes times) => _authority = times;

    public void AddAuthorityZone(DnsName zone) => _authorityZones.Add(zone);

    public void AddSynthDomain(SynthDomain domain) => _synthDomains.Add(domain);

    public void SetMailTarget(DnsName target) => _mailTarget = target;

    /// <summary>Names with addresses of ours take their mail themselves.</summary>
    public void TakeMailThemselves() => _isOwnMailServer = true;

    /// <summary>The mail of names with addresses of ours goes to the one server.</summary>
    public void TakeMailCentrally() => _hasMailServer = true;

    /// <summary>Names of guests count in the network's domain only.</summary>
    public void QualifyLeases() => _leasesHaveFullNames = true;

    /// <summary>Of several IPv4 addresses only those of the network are told, if there are any.</summary>
    public void PreferNearAddresses() => _prefersNearAddresses = true;

    public void SetLeaseTimeToLive(uint seconds) => _leaseTimeToLive = seconds;

    /// <summary>One more file of names in the form of hosts(5).</summary>
    public void AddHostsFile(string path) => _hostsFiles.Add(path);

    /// <summary>A name that is what it says, and not in the network's domain too.</summary>
    public void AddFullName(DnsName name, NetAddress address) => _fullNames.Add(name, address);

    /// <param name="target">Null = the one that was set for all, else the host.</param>
    public void AddMailServer(DnsName name, DnsName? target, ushort preference) => _mailServers.Add((name, target, preference));

    public void AddHost(DnsName name, NetAddress address) => _hosts.Add(name, address);

    public void AddReservation(DnsName name, NetAddress address) => _reservations.Add(name, address);

    /// <summary>The same for a name that its address is not called by.</summary>
    public void AddReservedFullName(DnsName name, NetAddress address) => _reservations.AddForward(name, address);

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

    public void AddRoute(DnsName domain, ZoneRoute route) => _routes.Add(RouteDomain.Below(domain), route);

    public void AddRoute(RouteDomain domain, ZoneRoute route) => _routes.Add(domain, route);

    /// <summary>Whether zones were named of which no server is said to be the authority.</summary>
    public bool LacksAuthorityServer => _authorityZones.Count > 0 && _authorityServer is null;

    public LocalZone Build()
    {
        DnsName mailTarget = _mailTarget ?? DnsName.TryParse(HostName) ?? DnsName.Root;
        foreach ((DnsName name, DnsName? target, ushort preference) in _mailServers)
        {
            byte[] data = [(byte)(preference >> 8), (byte)preference, .. (target ?? mailTarget).Wire];
            AddRecord(name, new DnsRecord(DnsType.Mx, data));
        }

        foreach (DnsName zone in _authorityZones)
        {
            AddAuthority(zone, _authorityServer ?? zone);
        }

        return new LocalZone(Domain, _hosts, _reservations, _records, _routes, _timesToLive)
        {
            FullNames = _fullNames,
            HostsFiles = _hostsFiles.ToValueList(),
            IsOwnMailServer = _isOwnMailServer,
            MailTarget = _hasMailServer ? mailTarget : null,
            LeasesHaveFullNames = _leasesHaveFullNames,
            NearSubnets = _prefersNearAddresses ? Subnets : [],
            LeaseTimeToLive = _leaseTimeToLive,
            KeepsPlainNames = _keepsPlainNames,
            KeepsPlainAddresses = _keepsPlainAddresses,
            KeepsWindowsQuestions = _keepsWindowsQuestions,
            KeepsPrivateReverse = _keepsPrivateReverse,
            PlainNameServers = _plainNameServers.ToValueList(),
            UsesHostsFile = _usesHostsFile,
            UsesResolvConf = _usesResolvConf,
            ResolvFile = _resolvFile,
            Port = _port,
            DefaultServers = _defaultServers.ToValueList(),
            AuthorityZones = _authorityZones.ToValueList(),
            SynthDomains = _synthDomains.ToValueList(),
            TimeToLive = _timeToLive,
            AuthorityTimeToLive = _authorityTimeToLive,
            AnswerRules = AnswerRules,
        };
    }

    private void AddAuthority(DnsName zone, DnsName server)
    {
        DnsName hostmaster = _authority.Hostmaster ?? DnsName.TryParse("hostmaster")!.Under(server) ?? server;
        byte[] numbers = new byte[5 * sizeof(uint)];
        uint[] values = [_authority.Serial, _authority.Refresh, _authority.Retry, _authority.Expiry, _authorityTimeToLive];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(i * sizeof(uint)), values[i]);
        }

        AddRecord(zone, new DnsRecord(DnsType.Soa, [.. server.Wire, .. hostmaster.Wire, .. numbers]));
        AddRecord(zone, new DnsRecord(DnsType.Ns, server.Wire.ToArray()));
        _routes.AddIfNone(zone, new ZoneRoute.Local());
    }
}
