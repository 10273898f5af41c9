using System.Net;
using System.Text;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>Collects the lines about DHCP.</summary>
/// <param name="ips">Gets the reservations and ranges that XML can say, so that all else treats them like its own.</param>
internal sealed class DhcpLines(List<IpDefinition> ips, string? bridge)
{
    private const byte CircuitId = 1; // RFC 3046, 2.0; 6: RFC 3993
    private const byte RemoteId = 2;
    private const byte SubscriberId = 6;

    private const string EthersPath = "/etc/ethers";

    private readonly List<ClientMatch> _matches = [];
    private readonly List<TagConsequence> _consequences = [];
    private readonly List<HostLine> _hosts = [];
    private readonly HashSet<IPAddress> _reserved = [];
    private readonly List<DhcpHost> _hostsBefore = [.. ips.SelectMany(ip => ip.Hosts)];
    private readonly List<DhcpHost>[] _newHosts = [.. ips.Select(_ => new List<DhcpHost>())];
    private readonly List<DhcpRange>[] _newRanges = [.. ips.Select(_ => new List<DhcpRange>())];
    private readonly List<OptionLine> _options = [];
    private readonly List<BootLine> _boots = [];
    private readonly List<PxeServiceLine> _pxeServices = [];
    private readonly List<PxePromptLine> _pxePrompts = [];
    private readonly List<RangeLine> _ranges = [];
    private readonly List<TagCondition> _ignored = [];
    private readonly List<TagCondition> _broadcast = [];
    private readonly List<TagCondition> _nameless = [];
    private readonly List<TagCondition> _generated = [];
    private readonly List<TagCondition> _bootpFromPool = [];
    private readonly List<string> _pxeVendors = [];
    private readonly List<NamedLine> _partly = [];
    private RaLine? _advertising;
    private bool _ignoresClientIds;
    private bool _isSequential;
    private bool _isAuthoritative;
    private bool _clientsUpdate;

    public DhcpRules Rules => new DhcpRules
    {
        Matches = _matches.ToValueList(),
        Consequences = _consequences.ToValueList(),
        Hosts = _hosts.ToValueList(),
        OwnHosts = OwnHosts,
        Options = _options.AsEnumerable().Reverse().ToValueList(),
        Boots = _boots.AsEnumerable().Reverse().ToValueList(),
        PxeServices = _pxeServices.ToValueList(),
        PxePrompts = _pxePrompts.AsEnumerable().Reverse().ToValueList(),
        Ranges = _ranges.ToValueList(),
        Advertising = _advertising,
        Ignored = _ignored.ToValueList(),
        Broadcast = _broadcast.ToValueList(),
        Nameless = _nameless.ToValueList(),
        Generated = _generated.ToValueList(),
        BootpFromPool = _bootpFromPool.ToValueList(),
        PxeVendors = _pxeVendors.ToValueList(),
        ClientsUpdateNames = _clientsUpdate,
        IgnoresClientIds = _ignoresClientIds,
        IsSequential = _isSequential,
        IsAuthoritative = _isAuthoritative,
    }.Complete();

    /// <summary>Lines that count, but for a part of them.</summary>
    public ValueList<NamedLine> HonouredInPart => _partly.ToValueList();

    /// <summary>Those that no line made: a definition is read again after it was given what its lines reserve.</summary>
    private ValueList<HostLine> OwnHosts =>
        _hostsBefore.Count == 0 ? [] : _hostsBefore.Except(_newHosts.SelectMany(hosts => hosts)).Select(HostLine.Of).ToValueList();

    /// <summary>Gives the addresses what all lines reserve and give out there; once, at the end.</summary>
    public void Merge()
    {
        for (int i = 0; i < ips.Count; i++)
        {
            ips[i] = ips[i] with { Hosts = [.. ips[i].Hosts, .. _newHosts[i]], Ranges = [.. ips[i].Ranges, .. _newRanges[i]] };
        }
    }

    /// <summary>Null for a line about something else.</summary>
    public LineVerdict? Take(ConfLine line)
    {
        string value = line.Value ?? "";
        return line.Option switch
        {
            "dhcp-host" => TakeHost(value),
            "dhcp-hostsfile" or "dhcp-hostsdir" => TakeFile(value, TakeHost),
            "dhcp-optsfile" or "dhcp-optsdir" => TakeFile(value, option => TakeOption(option, isForced: false)),
            "read-ethers" => TakeFile(EthersPath, TakeEther),
            "dhcp-range" => TakeRange(line),
            "ra-param" => TakeAdvertising(value),
            "dhcp-option" => TakeOption(value, isForced: false),
            "dhcp-option-force" => TakeOption(value, isForced: true),
            "dhcp-match" => TakeMatch(value),
            "dhcp-mac" => TakeHardware(value),
            "dhcp-vendorclass" => Add(_matches, VendorClass(value)),
            "dhcp-userclass" => Add(_matches, TagAndText(value) is var (tag, text) && !text.Contains(',', StringComparison.Ordinal)
                ? new ClientMatch.OfUserClass(tag, Octets(text)) : null),
            "dhcp-circuitid" => TakeRelay(value, CircuitId),
            "dhcp-remoteid" => TakeRelay(value, RemoteId),
            "dhcp-subscrid" => TakeRelay(value, SubscriberId),
            "dhcp-name-match" => Add(_matches, TagAndText(value) is var (tag, name)
                ? new ClientMatch.OfName(tag, HiddenText.Reveal(name.TrimEnd('*')), IsPrefix: name.EndsWith('*')) : null),
            "tag-if" => Add(_consequences, Consequence(value)),
            "dhcp-ignore" => TakeCondition(_ignored, value, mayBeEmpty: false),
            "dhcp-ignore-names" => TakeCondition(_nameless, value, mayBeEmpty: true),
            "dhcp-generate-names" => TakeCondition(_generated, value, mayBeEmpty: true),
            "bootp-dynamic" => TakeCondition(_bootpFromPool, value, mayBeEmpty: true),
            "dhcp-pxe-vendor" => TakePxeVendors(value),
            "dhcp-client-update" => Set(ref _clientsUpdate),
            "dhcp-broadcast" => TakeCondition(_broadcast, value, mayBeEmpty: true),
            "dhcp-boot" => Add(_boots, BootLine.TryParse(value)),
            "pxe-service" => TakePxeService(value),
            "pxe-prompt" => Add(_pxePrompts, PxePromptLine.TryParse(value)),
            "dhcp-ignore-clid" => Set(ref _ignoresClientIds),
            "dhcp-sequential-ip" => Set(ref _isSequential),
            "dhcp-authoritative" => Set(ref _isAuthoritative),
            "dhcp-no-override" or "enable-ra" => LineVerdict.Honoured, // they are so anyway
            _ => null,
        };
    }

    private static LineVerdict Set(ref bool flag)
    {
        flag = true;
        return LineVerdict.Honoured;
    }

    private static LineVerdict Add<T>(List<T> list, T? item)
        where T : class
    {
        if (item is null)
        {
            return LineVerdict.Malformed;
        }

        list.Add(item);
        return LineVerdict.Honoured;
    }

    private LineVerdict TakeHost(string value)
    {
        if (HostLine.TryParse(value) is not { } host)
        {
            return LineVerdict.Malformed;
        }

        if (host.Ipv4 is { } address && _reserved.Contains(address))
        {
            return LineVerdict.Malformed;
        }

        if (host.SaysMore)
        {
            return LineVerdict.Unsupported;
        }

        if (host.Ipv4 is { } taken)
        {
            _reserved.Add(taken);
        }

        if (host is { IsIpv6Joined: true, Ipv6: { } part } && PrefixForParts() is { } prefix)
        {
            host = host with { Ipv6 = Under(prefix, part) };
        }

        // Where no XML address holds it the reservation is for another network: nobody here can get it.
        _hosts.Add(host);
        if (host is { Ignores: false, Condition.IsEmpty: true, IgnoresClientId: false })
        {
            AddReservations(host);
        }

        return LineVerdict.Honoured;
    }

    /// <summary>The subnet that addresses without a prefix are in: that of DHCPv6, if it leaves them 64 bits.</summary>
    private IPAddress? PrefixForParts()
    {
        int[] fitting = [.. Enumerable.Range(0, ips.Count).Where(i => ips[i] is { IsIpv6: true, EffectivePrefix: 64 })];
        return fitting.Length == 0 ? null : ips[fitting.FirstOrDefault(HasDhcp, fitting[0])].Address;
    }

    /// <summary>A file whose lines are values of the option; one that is not there says nothing.</summary>
    private static LineVerdict TakeFile(string path, Func<string, LineVerdict> take)
    {
        LineVerdict worst = LineVerdict.WithoutEffect;
        foreach (string line in path.Length == 0 ? [] : LineFiles.LinesOf(HiddenText.Reveal(path)))
        {
            LineVerdict verdict = take(line);
            worst = verdict is LineVerdict.Unsupported ? verdict : worst == LineVerdict.WithoutEffect ? LineVerdict.Honoured : worst;
        }

        return worst;
    }

    /// <summary>A line of ethers(5): a MAC, and the address or name of its owner.</summary>
    private LineVerdict TakeEther(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length < 2 ? LineVerdict.Malformed : TakeHost($"{words[0]},{words[1]}");
    }

    private void AddReservations(HostLine host)
    {
        int ipv4 = host.Ipv4 is { } address
            ? IndexOf(address) : Enumerable.Range(0, ips.Count).FirstOrDefault(i => HasDhcp(i) && !ips[i].IsIpv6, -1);
        if (ipv4 >= 0 && (host.Ipv4 ?? (object?)host.Name ?? host.Lease) is not null && host.Ipv6 is null)
        {
            foreach (HardwarePattern exact in host.Hardware.Where(pattern => pattern.IsExact))
            {
                Add(ipv4, new DhcpHost(exact.ToAddress().ToString(), null, host.Name, host.Ipv4, host.Lease));
            }

            if (!host.NamesMachine && host.Name is not null)
            {
                Add(ipv4, new DhcpHost(null, null, host.Name, host.Ipv4, host.Lease));
            }
        }

        int ipv6 = host.Ipv6 is { } address6 ? IndexOf(address6) : -1;
        if (ipv6 >= 0 && host.ClientId is not null)
        {
            Add(ipv6, new DhcpHost(null, host.ClientId, host.Name, host.Ipv6, host.Lease));
        }
        else if (ipv6 >= 0 && !host.NamesMachine && host.Name is not null)
        {
            Add(ipv6, new DhcpHost(null, null, host.Name, host.Ipv6, host.Lease));
        }
    }

    private void Add(int ip, DhcpHost host) => _newHosts[ip].Add(host);

    private bool HasDhcp(int ip) => ips[ip].HasDhcp || _newHosts[ip].Count + _newRanges[ip].Count > 0;

    private LineVerdict TakeAdvertising(string value)
    {
        if (RaLine.TryParse(value) is not { } line)
        {
            return LineVerdict.Malformed;
        }

        if (!line.Concerns(bridge))
        {
            return LineVerdict.WithoutEffect;
        }

        if (line.MtuOf is { } other && other != bridge)
        {
            return LineVerdict.Unsupported;
        }

        _advertising = line; // the last one counts
        return LineVerdict.Honoured;
    }

    private LineVerdict TakeRange(ConfLine line)
    {
        if (RangeLine.TryParse(line.Value ?? "") is not { } range)
        {
            return LineVerdict.Malformed;
        }

        if (range.Constructor is { } constructor)
        {
            // The prefix is that of an interface: here, of the bridge.
            int i = ips.FindIndex(ip => ip is { IsIpv6: true, EffectivePrefix: 64 });
            if (i < 0 || !Words.IsPattern(constructor, bridge))
            {
                return LineVerdict.WithoutEffect;
            }

            range = range with { Start = Under(ips[i].Address, range.Start), End = range.End is { } end ? Under(ips[i].Address, end) : null };
        }

        int ip = range.Start.Equals(IPAddress.IPv6Any) && range.Constructor is null
            ? ips.FindIndex(one => one.IsIpv6) : IndexOf(range.Start);
        if (ip < 0 && !range.Modes.HasFlag(RangeModes.Proxy) && (range.End ?? range.Start) is var far && IndexOf(far) < 0)
        {
            return LineVerdict.WithoutEffect; // no guest of this network is there
        }

        if (ip < 0 || range.Modes.HasFlag(RangeModes.Proxy) || (range.End is { } last && IndexOf(last) != ip)
            || (!range.IsIpv6 && range.Prefix is { } prefix && prefix != ips[ip].EffectivePrefix))
        {
            return LineVerdict.Unsupported;
        }

        if (range.Start.Equals(IPAddress.IPv6Any))
        {
            range = range with { Start = ips[ip].Address };
        }

        _ranges.Add(range);
        NoteParts(line, range);
        if (range.End is { } finish && !range.Modes.HasFlag(RangeModes.Static))
        {
            _newRanges[ip].Add(new DhcpRange(range.Start, finish, range.Lease));
        }

        return LineVerdict.Honoured;
    }

    private void NoteParts(ConfLine line, RangeLine range)
    {
        string? part =
            range.Modes.HasFlag(RangeModes.Names) ? "'ra-names' gives guests no names"
            : range is { End: null, Condition.IsEmpty: false } ? "a tag chooses among addresses, and it gives out none"
            : null;
        if (part is not null)
        {
            _partly.Add(new NamedLine(line.Text.Trim(), part));
        }
    }

    private static IPAddress Under(IPAddress prefix, IPAddress host) => Subnet.Join(prefix, 64, host);

    private LineVerdict TakeOption(string value, bool isForced)
    {
        OptionLine? option = OptionLine.TryParse(value, forMatch: false, isForced);
        return option is { IsNeverSent: true } ? LineVerdict.WithoutEffect
            : option is { IsIpv6: true, Enterprise: not null } ? LineVerdict.Unsupported
            : Add(_options, option);
    }

    private LineVerdict TakeMatch(string value) => OptionLine.TryParse(value, forMatch: true) switch
    {
        null => LineVerdict.Malformed,
        { IsNeverSent: true } => LineVerdict.WithoutEffect,
        { } option => Add(_matches, new ClientMatch.OfOption(option.Condition.Terms[0], option)),
    };

    private LineVerdict TakeHardware(string value)
    {
        (string tag, string? rest) = Words.Cut(value);
        bool isOther = false;
        HardwarePattern? pattern = rest is null ? null : HardwarePattern.TryParse(HiddenText.Reveal(rest), out isOther);
        return isOther ? LineVerdict.WithoutEffect // no guest has such an address
            : Add(_matches, pattern is null ? null : new ClientMatch.OfHardware(TagCondition.SetBy(tag), pattern));
    }

    private LineVerdict TakeRelay(string value, byte suboption)
    {
        if (TagAndText(value) is not var (tag, text) || text.Contains(',', StringComparison.Ordinal))
        {
            return LineVerdict.Malformed;
        }

        bool isHex = text.Contains(':', StringComparison.Ordinal) && text.All(c => c == ':' || char.IsAsciiHexDigit(c));
        ValueList<byte> octets = isHex && OctetPattern.TryParse(text) is { } hex ? hex.ToArray().ToValueList() : Octets(text);
        return Add(_matches, new ClientMatch.OfRelay(tag, suboption, octets));
    }

    private static ClientMatch.OfVendorClass? VendorClass(string value)
    {
        (string tag, string? rest) = Words.Cut(value);
        if (rest is null)
        {
            return null;
        }

        (string first, string? text) = Words.Cut(rest);
        uint enterprise = 0;
        bool good = text is null || (first.StartsWith("enterprise:", StringComparison.Ordinal) && uint.TryParse(first["enterprise:".Length..], out enterprise));
        return good ? new ClientMatch.OfVendorClass(TagCondition.SetBy(tag), Octets(text ?? first), enterprise) : null;
    }

    private static TagConsequence? Consequence(string value)
    {
        string[] words = Words.Split(value);
        string[] sets = [.. words.Where(word => word.StartsWith("set:", StringComparison.Ordinal) && word.Length > 4).Select(TagCondition.SetBy)];
        string[] terms = [.. words.Where(word => word.StartsWith("tag:", StringComparison.Ordinal) && word.Length > 4).Select(word => word[4..])];
        return sets.Length > 0 && sets.Length + terms.Length == words.Length
            ? new TagConsequence(TagCondition.Of(terms), sets.ToValueList()) : null;
    }

    private static LineVerdict TakeCondition(List<TagCondition> list, string value, bool mayBeEmpty)
    {
        if (value.Length == 0)
        {
            return mayBeEmpty ? Add(list, TagCondition.None) : LineVerdict.Malformed;
        }

        return Add(list, TagCondition.Of(Words.Split(value).Select(word => TagCondition.TermOf(word) ?? word)));
    }

    private LineVerdict TakePxeService(string value)
    {
        PxeServiceLine? service = PxeServiceLine.TryParse(value);
        return Add(_pxeServices, service is not { File: not null } ? service : service with
        {
            Type = (ushort)(PxeServiceLine.FirstOwnType + _pxeServices.Count(other => other.File is not null)),
        });
    }

    private LineVerdict TakePxeVendors(string value)
    {
        _pxeVendors.AddRange(Words.Split(value).Select(HiddenText.Reveal));
        return LineVerdict.Honoured;
    }

    private static (string Tag, string Text)? TagAndText(string value)
    {
        (string tag, string? text) = Words.Cut(value);
        return string.IsNullOrEmpty(text) ? null : (TagCondition.SetBy(tag), text);
    }

    private static ValueList<byte> Octets(string text) => Encoding.UTF8.GetBytes(HiddenText.Reveal(text)).ToValueList();

    private int IndexOf(IPAddress address) => ips.FindIndex(
        ip => ip.EffectivePrefix is { } prefix && ip.Address.AddressFamily == address.AddressFamily
            && Subnet.Contains(ip.Address, prefix, address));
}
