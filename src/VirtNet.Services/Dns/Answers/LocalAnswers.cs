using System.Net;
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
/// <param name="furtherHosts">Files of names that the network has besides.</param>
internal readonly ref struct LocalAnswers(
    LocalZone zone, HostTable hostsFile, HostTable[] furtherHosts, ILeaseNames leases, ValueList<NetEndpoint> resolvConf,
    FoundAddresses addresses)
{
    private const int MaxAliases = 8;
    private static readonly byte[] VersionName = [7, .. "version"u8, 4, .. "bind"u8, 0];
    private static readonly byte[] VersionText = TextStrings.Encode("virtnet");

    private readonly LocalZone _zone = zone;
    private readonly KnownNames _known = new(zone, hostsFile, furtherHosts, leases, addresses);
    private readonly ValueList<NetEndpoint> _resolvConf = resolvConf;
    private readonly FoundAddresses _addresses = addresses;

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
                _addresses.WriteFurther(target, _known.FindAddresses(lower[..target.Length]), ref writer);
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
        uint timeToLive = _known.FindAddresses(name);
        _addresses.Write(name, type, owner, timeToLive, ref writer);
        return _addresses.Any;
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

    private bool WritePointer(ReadOnlySpan<byte> name, ushort owner, ref DnsAnswerWriter writer)
    {
        Span<byte> octets = stackalloc byte[16];
        int length = ReverseName.TryRead(name, octets);
        if (length == 0)
        {
            return false;
        }

        uint timeToLive = _zone.TimeToLiveOf(name);
        DnsName? found = _known.FindName(NetAddress.From(octets[..length]), ref timeToLive);
        if (found is not null)
        {
            writer.Add(owner, DnsType.Ptr, timeToLive, found.Wire);
        }

        return found is not null;
    }

    /// <param name="isKnown">The name is known here, without what was asked for.</param>
    /// <param name="hasAddresses">It is known for addresses.</param>
    private DnsDecision DecideByRules(DnsType type, ReadOnlySpan<byte> name, bool isKnown, bool hasAddresses, ref DnsAnswerWriter writer)
    {
        ZoneRoute? route = FindRoute(type, name, out bool isForAll, out bool hasAddress);
        bool exists = hasAddress || isKnown || _known.IsAbove(name);
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
