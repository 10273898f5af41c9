using System.Net;
using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Answers;

/// <summary>
/// Decides about questions from what is known on this host, in this order: records of the definition, its hosts and the
/// host's own hosts file, reservations, leases, rules for domains, the default servers. Nothing here touches a socket or
/// a clock.
/// </summary>
internal readonly ref struct LocalAnswers(
    LocalZone zone, HostTable hostsFile, ILeaseNames leases, ValueList<NetEndpoint> resolvConf, FoundAddresses addresses)
{
    private const int MaxAliases = 8;
    private static readonly byte[] VersionName = [7, .. "version"u8, 4, .. "bind"u8, 0];
    private static readonly byte[] VersionText = TextStrings.Encode("virtnet");

    private readonly LocalZone _zone = zone;
    private readonly HostTable _hostsFile = zone.UsesHostsFile ? hostsFile : HostTable.Empty;
    private readonly ILeaseNames _leases = leases;
    private readonly ValueList<NetEndpoint> _resolvConf = resolvConf;
    private readonly FoundAddresses _addresses = addresses;

    /// <summary>Further files of names of the network.</summary>
    public HostTable[] FurtherHosts { get; init; } = [];

    /// <summary>Decides, writing the records of an answer.</summary>
    /// <param name="lowerName">The question's name in lower case.</param>
    public DnsDecision Decide(in DnsQuery query, ReadOnlySpan<byte> lowerName, ref DnsAnswerWriter writer)
    {
        if (query.Class != (ushort)DnsClass.Internet)
        {
            return DecideChaos(query, lowerName, ref writer);
        }

        if (query.Type is DnsType.Axfr or DnsType.Ixfr)
        {
            return DnsDecision.Refuse(DnsExtendedError.Prohibited);
        }

        if (query.Type == DnsType.Opt)
        {
            return DnsDecision.Fail(DnsCode.FormatError);
        }

        if (TryLocal(query.Type, lowerName, ref writer, out bool isKnown, out bool hasAddresses))
        {
            WriteTargets(query.Type, lowerName, ref writer);
            return writer.Answers > 0 ? DnsDecision.Found : WithAuthority(DnsDecision.Empty, lowerName, ref writer);
        }

        if (_zone.KeepsPrivateReverse && query.Type is (DnsType.Ptr or DnsType.Any) && IsPrivateReverse(lowerName)
            && !HasServersOfItsOwn(query.Type, lowerName))
        {
            return DnsDecision.NoSuchName.WithAuthority();
        }

        if (_zone.KeepsWindowsQuestions && (query.Type is DnsType.Soa or DnsType.Srv || (query.Type == DnsType.Any && lowerName.Contains((byte)'_'))))
        {
            return DnsDecision.Empty;
        }

        DnsDecision decision = DecideByRules(query.Type, lowerName, isKnown, hasAddresses, ref writer);
        return writer.Answers == 0 && decision is { Servers: null, Code: DnsCode.NoError or DnsCode.NoSuchName }
            ? WithAuthority(decision, lowerName, ref writer)
            : decision;
    }

    /// <summary>
    /// Nothing is there: in a zone of ours that is said with authority, and for how long it may be believed (RFC 2308, 3).
    /// </summary>
    private DnsDecision WithAuthority(DnsDecision absence, ReadOnlySpan<byte> name, ref DnsAnswerWriter writer)
    {
        if (_zone.FindAuthorityZone(name) is not { } own)
        {
            return absence;
        }

        foreach (DnsRecord record in _zone.FindRecords(own.Wire))
        {
            if (record.Type == DnsType.Soa)
            {
                writer.AddAuthority(own.Wire, DnsType.Soa, _zone.AuthorityTimeToLive, record.Data);
            }
        }

        return absence.WithAuthority();
    }

    /// <summary>
    /// True when local data answers the question. What is not known of a name that is known otherwise is asked elsewhere,
    /// as dnsmasq does: its mail servers may be in the world's DNS where its address is that of a guest.
    /// </summary>
    private bool TryLocal(DnsType type, ReadOnlySpan<byte> name, ref DnsAnswerWriter writer, out bool isKnown, out bool hasAddresses)
    {
        ushort owner = DnsAnswerWriter.QuestionOwner;
        isKnown = false;
        hasAddresses = false;
        for (int aliases = 0; aliases < MaxAliases; aliases++)
        {
            ReadOnlySpan<DnsRecord> records = _zone.FindRecords(name);
            isKnown |= !records.IsEmpty;
            DnsRecord? alias = null;
            foreach (DnsRecord record in records)
            {
                if (record.Type == DnsType.Cname && type != DnsType.Cname)
                {
                    alias = record;
                }
                else if (Wants(type, record.Type))
                {
                    writer.Add(owner, record.Type, record.TimeToLive ?? _zone.TimeToLiveOf(name), record.Data);
                }
            }

            if (alias is null)
            {
                hasAddresses = WriteAddresses(type, name, owner, ref writer);
                isKnown |= hasAddresses;
                WriteMailServer(type, name, owner, hasAddresses, records, ref writer);
                bool hasPointer = type is DnsType.Ptr or DnsType.Any && WritePointer(name, owner, ref writer);
                if (hasAddresses || hasPointer || !records.IsEmpty || _zone.FindWildcardAlias(name) is not { } wildcard)
                {
                    return writer.Answers > 0;
                }

                if (type == DnsType.Cname)
                {
                    writer.Add(owner, DnsType.Cname, wildcard.TimeToLive ?? _zone.TimeToLiveOf(name), wildcard.Data);
                    return true;
                }

                alias = wildcard;
            }

            owner = writer.AddAlias(owner, alias.TimeToLive ?? _zone.TimeToLiveOf(name), alias.Data);
            name = alias.Data;
        }

        return true;
    }

    /// <summary>The addresses of the hosts that services and mail are at, as far as they are known here: clients ask for them next.</summary>
    private void WriteTargets(DnsType type, ReadOnlySpan<byte> name, ref DnsAnswerWriter writer)
    {
        if (!Wants(type, DnsType.Srv) && !Wants(type, DnsType.Mx))
        {
            return;
        }

        Span<byte> lower = stackalloc byte[DnsName.MaxLength];
        ReadOnlySpan<DnsRecord> records = _zone.FindRecords(name);
        for (int i = 0; i < records.Length; i++)
        {
            ReadOnlySpan<byte> target = TargetOf(records[i], type);
            bool seen = target.IsEmpty;
            for (int before = 0; before < i && !seen; before++)
            {
                ReadOnlySpan<byte> other = TargetOf(records[before], type);
                seen = !other.IsEmpty && DnsName.SameName(other, target);
            }

            if (!seen)
            {
                DnsName.ToLower(target, lower[..target.Length]);
                _addresses.WriteFurther(target, FindAddresses(lower[..target.Length]), ref writer);
            }
        }
    }

    /// <summary>The host that a record of a wanted type names; empty: none.</summary>
    private static ReadOnlySpan<byte> TargetOf(DnsRecord record, DnsType wanted)
    {
        int before = record.Type switch { DnsType.Srv => 3 * sizeof(ushort), DnsType.Mx => sizeof(ushort), _ => 0 };
        return before > 0 && Wants(wanted, record.Type) ? record.Data.AsSpan(before) : [];
    }

    /// <summary>True if the name has addresses, of whatever family.</summary>
    private bool WriteAddresses(DnsType type, ReadOnlySpan<byte> name, ushort owner, ref DnsAnswerWriter writer)
    {
        uint timeToLive = FindAddresses(name);
        _addresses.Write(name, type, owner, timeToLive, ref writer);
        return _addresses.Any;
    }

    /// <summary>Finds all addresses of a name, and for how many seconds they may be kept.</summary>
    private uint FindAddresses(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> plain = _zone.PlainPart(name);
        _addresses.Clear();
        Find(_zone.Hosts, name, plain);
        Find(_hostsFile, name, plain);
        foreach (HostTable further in FurtherHosts)
        {
            Find(further, name, plain);
        }

        _addresses.Add(_zone.FullNames.Find(name));
        if (!_addresses.Any)
        {
            Find(_zone.Reservations, name, plain);
        }

        uint timeToLive = _zone.TimeToLiveOf(name);
        if (!_addresses.Any && !plain.IsEmpty && !(_zone.LeasesHaveFullNames && DnsName.IsPlainName(name)))
        {
            FindLeases(plain);
            timeToLive = _addresses.Any ? _zone.LeaseTimeToLive ?? timeToLive : timeToLive;
        }

        if (!_addresses.Any)
        {
            FindMadeOfAddress(name);
        }

        _addresses.KeepNear(_zone.NearSubnets);
        return timeToLive;
    }

    /// <summary>Where mail for a name with addresses goes, if no record of its own says that.</summary>
    private void WriteMailServer(
        DnsType type, ReadOnlySpan<byte> name, ushort owner, bool hasAddresses, ReadOnlySpan<DnsRecord> records, ref DnsAnswerWriter writer)
    {
        if (!hasAddresses || !Wants(type, DnsType.Mx) || (!_zone.IsOwnMailServer && _zone.MailTarget is null))
        {
            return;
        }

        foreach (DnsRecord record in records)
        {
            if (record.Type == DnsType.Mx)
            {
                return;
            }
        }

        ReadOnlySpan<byte> target = _zone.IsOwnMailServer ? name : _zone.MailTarget!.Wire;
        writer.Add(owner, DnsType.Mx, _zone.TimeToLiveOf(name), [0, 1, .. target]);
    }

    private void FindMadeOfAddress(ReadOnlySpan<byte> name)
    {
        foreach (SynthDomain domain in _zone.SynthDomains.AsSpan())
        {
            if (domain.FindAddress(name) is { } address)
            {
                _addresses.Add(address);
                return;
            }
        }
    }

    private void Find(HostTable table, ReadOnlySpan<byte> name, ReadOnlySpan<byte> plain)
    {
        if (table.Count == 0)
        {
            return;
        }

        _addresses.Add(table.Find(name));
        if (plain.IsEmpty || plain.Length == name.Length - 2)
        {
            return; // it was the plain name already
        }

        Span<byte> plainName = stackalloc byte[DnsName.MaxLabelLength + 2];
        plainName[0] = (byte)plain.Length;
        plain.CopyTo(plainName[1..]);
        plainName[plain.Length + 1] = 0;
        _addresses.Add(table.Find(plainName[..(plain.Length + 2)]));
    }

    private void FindLeases(ReadOnlySpan<byte> plain)
    {
        Span<char> text = stackalloc char[DnsName.MaxLabelLength];
        for (int i = 0; i < plain.Length; i++)
        {
            text[i] = (char)plain[i];
        }

        ReadOnlySpan<char> name = text[..plain.Length];
        AddLease(_leases.FindAddress(name, AddressFamily.InterNetwork));
        AddLease(_leases.FindAddress(name, AddressFamily.InterNetworkV6));
    }

    private void AddLease(IPAddress? address)
    {
        if (address is not null)
        {
            _addresses.Add(NetAddress.From(address));
        }
    }

    /// <summary>The name of an address, in the order of the sources; the gateway has none.</summary>
    private bool WritePointer(ReadOnlySpan<byte> name, ushort owner, ref DnsAnswerWriter writer)
    {
        Span<byte> octets = stackalloc byte[16];
        int length = ReverseName.TryRead(name, octets);
        if (length == 0)
        {
            return false;
        }

        NetAddress address = NetAddress.From(octets[..length]);
        uint timeToLive = _zone.TimeToLiveOf(name);
        DnsName? found = _zone.Hosts.FindName(address)
            ?? _hostsFile.FindName(address)
            ?? FindNameInFiles(address)
            ?? _zone.Reservations.FindName(address);
        if (found is null && _zone.FullNames.FindName(address) is { } full)
        {
            writer.Add(owner, DnsType.Ptr, _zone.OwnTimeToLiveOf(full.Wire) ?? timeToLive, full.Wire);
            return true;
        }

        if (found is null && _leases.FindName(address.ToIPAddress()) is { } lease)
        {
            found = DnsName.TryParse(lease);
            timeToLive = _zone.LeaseTimeToLive ?? timeToLive;
        }

        found ??= FindNameMadeOf(address);
        if (found is null)
        {
            return false;
        }

        writer.Add(owner, DnsType.Ptr, _zone.OwnTimeToLiveOf(found.Wire) ?? timeToLive, _zone.Qualify(found).Wire);
        return true;
    }

    private DnsName? FindNameInFiles(NetAddress address)
    {
        foreach (HostTable further in FurtherHosts)
        {
            if (further.FindName(address) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    private DnsName? FindNameMadeOf(NetAddress address)
    {
        ReadOnlySpan<SynthDomain> domains = _zone.SynthDomains.AsSpan();
        for (int i = domains.Length - 1; i >= 0; i--) // the last one that was named counts
        {
            if (domains[i].FindName(address) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    /// <param name="isKnown">The name is known here, without what was asked for.</param>
    /// <param name="hasAddresses">It is known for addresses.</param>
    private DnsDecision DecideByRules(DnsType type, ReadOnlySpan<byte> name, bool isKnown, bool hasAddresses, ref DnsAnswerWriter writer)
    {
        ZoneRoute? route = FindRoute(type, name, out bool isForAll, out bool hasAddress);
        bool exists = hasAddress || isKnown || HasNamesBelow(name);
        if (isForAll && SpecialNames.TryFind(name, out ReadOnlySpan<NetAddress> special, out bool specialExists))
        {
            return specialExists ? Answer(special, type, name, ref writer) : DnsDecision.NoSuchName;
        }

        if (isForAll && _zone.PlainNameServers.Count > 0 && DnsName.IsPlainName(name))
        {
            return DnsDecision.Forward(_zone.PlainNameServers, exists);
        }

        switch (route)
        {
            case ZoneRoute.Local:
                return exists ? DnsDecision.Empty : DnsDecision.NoSuchName;
            case ZoneRoute.Servers servers:
                return DnsDecision.Forward(servers.Endpoints, exists);
            case ZoneRoute.Own { Addresses: var own }:
                return Answer(own.AsSpan(), type, name, ref writer);
            case ZoneRoute.Fixed { Addresses: var fixedAddresses }:
                return Answer(fixedAddresses.AsSpan(), type, name, ref writer);
            case null when (_zone.KeepsPlainNames || (_zone.KeepsPlainAddresses && IsOfAddresses(type))) && DnsName.IsPlainName(name):
                return exists ? DnsDecision.Empty : DnsDecision.NoSuchName;
        }

        ValueList<NetEndpoint> defaults = DefaultServers();
        return defaults.Count > 0 ? DnsDecision.Forward(defaults, exists)
            : hasAddresses ? DnsDecision.Empty // dnsmasq refuses; libcs that ask for both families would take that for a failure
            : DnsDecision.Refuse(DnsExtendedError.NotReady);
    }

    /// <summary>
    /// The rule for a question: fixed addresses only if they answer it, else what is said of the rest of their domain, or
    /// the rule of a wider one.
    /// </summary>
    /// <param name="hasAddress">A rule gives the name an address: it exists, whatever is asked for and whoever is asked.</param>
    private ZoneRoute? FindRoute(DnsType type, ReadOnlySpan<byte> name, out bool isForAll, out bool hasAddress)
    {
        isForAll = true;
        hasAddress = false;
        ReadOnlySpan<byte> from = name;
        while (!from.IsEmpty && _zone.TryFindRoute(from, out ZoneRoute? route, out from, out isForAll))
        {
            if (route is not ZoneRoute.Fixed addresses || FoundAddresses.Count(addresses.Addresses.AsSpan(), type) > 0)
            {
                return route;
            }

            hasAddress = true;
            if (addresses.Others is { } others)
            {
                return others;
            }
        }

        isForAll = true;
        return null;
    }

    private static bool IsPrivateReverse(ReadOnlySpan<byte> name)
    {
        Span<byte> octets = stackalloc byte[16];
        int length = ReverseName.TryReadFirst(name, octets);
        return length > 0 && ReverseZones.IsPrivate(new IPAddress(octets[..length]));
    }

    private bool HasServersOfItsOwn(DnsType type, ReadOnlySpan<byte> name) =>
        FindRoute(type, name, out bool isForAll, out _) is ZoneRoute.Servers && !isForAll;

    private DnsDecision Answer(ReadOnlySpan<NetAddress> addresses, DnsType type, ReadOnlySpan<byte> name, ref DnsAnswerWriter writer)
    {
        _addresses.Clear();
        _addresses.Add(addresses);
        _addresses.Write(name, type, DnsAnswerWriter.QuestionOwner, _zone.TimeToLiveOf(name), ref writer);
        return writer.Answers > 0 ? DnsDecision.Found : DnsDecision.Empty;
    }

    /// <summary>Whether names below this one are known here, those of guests in the network's domain included.</summary>
    private bool HasNamesBelow(ReadOnlySpan<byte> name) =>
        _zone.IsAbove(name)
        || _hostsFile.IsAbove(name)
        || IsAboveInFiles(name)
        || (_zone.Domain is { } domain
            && DnsName.IsSameOrBelow(domain.Wire, name)
            && (_zone.Hosts.HasPlainNames || _zone.Reservations.HasPlainNames || _hostsFile.HasPlainNames || _leases.HasNames));

    private bool IsAboveInFiles(ReadOnlySpan<byte> name)
    {
        foreach (HostTable further in FurtherHosts)
        {
            if (further.IsAbove(name))
            {
                return true;
            }
        }

        return false;
    }

    private ValueList<NetEndpoint> DefaultServers() =>
        !_zone.UsesResolvConf ? _zone.DefaultServers
        : _zone.DefaultServers.Count == 0 ? _resolvConf
        : [.. _zone.DefaultServers, .. _resolvConf];

    private static DnsDecision DecideChaos(in DnsQuery query, ReadOnlySpan<byte> name, ref DnsAnswerWriter writer)
    {
        bool asksVersion = query is { Class: (ushort)DnsClass.Chaos, Type: DnsType.Txt or DnsType.Any }
            && DnsName.SameName(name, VersionName);
        if (!asksVersion)
        {
            return DnsDecision.Refuse(DnsExtendedError.Prohibited);
        }

        writer.Add(DnsAnswerWriter.QuestionOwner, DnsType.Txt, 0, VersionText, DnsClass.Chaos);
        return DnsDecision.Found;
    }

    private static bool IsOfAddresses(DnsType asked) => asked is DnsType.A or DnsType.Aaaa or DnsType.Any;

    private static bool Wants(DnsType asked, DnsType has) => asked == has || asked == DnsType.Any;
}
