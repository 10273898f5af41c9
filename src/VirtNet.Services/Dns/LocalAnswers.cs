using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns;

/// <summary>
/// Decides about questions from what is known on this host, in this order: records of the definition, its hosts and the
/// host's own hosts file, reservations, leases, rules for domains, the default servers. Nothing here touches a socket or
/// a clock.
/// </summary>
internal readonly ref struct LocalAnswers(
    LocalZone zone, HostTable hostsFile, ILeaseNames leases, ValueList<NetEndpoint> resolvConf)
{
    private const int MaxAliases = 8;
    private static readonly byte[] VersionName = [7, .. "version"u8, 4, .. "bind"u8, 0];
    private static readonly byte[] VersionText = TextStrings.Encode("virtnet");

    private readonly LocalZone _zone = zone;
    private readonly HostTable _hostsFile = zone.UsesHostsFile ? hostsFile : HostTable.Empty;
    private readonly ILeaseNames _leases = leases;
    private readonly ValueList<NetEndpoint> _resolvConf = resolvConf;

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

        if (TryLocal(query.Type, lowerName, ref writer, out bool knownByRecords))
        {
            return writer.Answers > 0 ? DnsDecision.Found : DnsDecision.Empty;
        }

        return DecideByRules(query.Type, lowerName, knownByRecords, ref writer);
    }

    /// <summary>True when local data settles the question, with an empty answer too.</summary>
    private bool TryLocal(DnsType type, ReadOnlySpan<byte> name, ref DnsAnswerWriter writer, out bool knownByRecords)
    {
        ushort owner = DnsAnswerWriter.QuestionOwner;
        knownByRecords = false;
        for (int aliases = 0; aliases < MaxAliases; aliases++)
        {
            ReadOnlySpan<DnsRecord> records = _zone.FindRecords(name);
            knownByRecords |= !records.IsEmpty;
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
                bool known = WriteAddresses(type, name, owner, ref writer);
                known |= type is DnsType.Ptr or DnsType.Any && WritePointer(name, owner, ref writer);
                if (known || !records.IsEmpty || _zone.FindWildcardAlias(name) is not { } wildcard)
                {
                    return known || writer.Answers > 0;
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

    /// <summary>True if the name has addresses, of whatever family: then it has nothing else.</summary>
    private bool WriteAddresses(DnsType type, ReadOnlySpan<byte> name, ushort owner, ref DnsAnswerWriter writer)
    {
        ReadOnlySpan<byte> plain = _zone.PlainPart(name);
        bool known = WriteFrom(_zone.Hosts, type, name, plain, owner, ref writer);
        known |= WriteFrom(_hostsFile, type, name, plain, owner, ref writer);
        return known
            || WriteFrom(_zone.Reservations, type, name, plain, owner, ref writer)
            || (!plain.IsEmpty && WriteLeases(type, name, plain, owner, ref writer))
            || WriteMadeOfAddress(type, name, owner, ref writer);
    }

    private bool WriteMadeOfAddress(DnsType type, ReadOnlySpan<byte> name, ushort owner, ref DnsAnswerWriter writer)
    {
        foreach (SynthDomain domain in _zone.SynthDomains.AsSpan())
        {
            if (domain.FindAddress(name) is { } address)
            {
                Write(address, type, name, owner, ref writer);
                return true;
            }
        }

        return false;
    }

    private bool WriteFrom(
        HostTable table, DnsType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> plain, ushort owner, ref DnsAnswerWriter writer)
    {
        if (table.Count == 0)
        {
            return false;
        }

        ReadOnlySpan<NetAddress> addresses = table.Find(name);
        bool known = !addresses.IsEmpty;
        foreach (NetAddress address in addresses)
        {
            Write(address, type, name, owner, ref writer);
        }

        if (plain.IsEmpty || plain.Length == name.Length - 2)
        {
            return known; // it was the plain name already
        }

        Span<byte> plainName = stackalloc byte[DnsName.MaxLabelLength + 2];
        plainName[0] = (byte)plain.Length;
        plain.CopyTo(plainName[1..]);
        plainName[plain.Length + 1] = 0;
        foreach (NetAddress address in table.Find(plainName[..(plain.Length + 2)]))
        {
            known = true;
            Write(address, type, name, owner, ref writer);
        }

        return known;
    }

    private bool WriteLeases(
        DnsType type, ReadOnlySpan<byte> fullName, ReadOnlySpan<byte> plain, ushort owner, ref DnsAnswerWriter writer)
    {
        Span<char> text = stackalloc char[DnsName.MaxLabelLength];
        for (int i = 0; i < plain.Length; i++)
        {
            text[i] = (char)plain[i];
        }

        ReadOnlySpan<char> name = text[..plain.Length];
        bool v4 = WriteLease(_leases.FindAddress(name, AddressFamily.InterNetwork), type, fullName, owner, ref writer);
        bool v6 = WriteLease(_leases.FindAddress(name, AddressFamily.InterNetworkV6), type, fullName, owner, ref writer);
        return v4 | v6;
    }

    private bool WriteLease(
        System.Net.IPAddress? address, DnsType type, ReadOnlySpan<byte> name, ushort owner, ref DnsAnswerWriter writer)
    {
        if (address is null)
        {
            return false;
        }

        Write(NetAddress.From(address), type, name, owner, ref writer);
        return true;
    }

    private void Write(NetAddress address, DnsType type, ReadOnlySpan<byte> name, ushort owner, ref DnsAnswerWriter writer)
    {
        DnsType own = address.IsV6 ? DnsType.Aaaa : DnsType.A;
        if (Wants(type, own))
        {
            Span<byte> octets = stackalloc byte[16];
            writer.Add(owner, own, _zone.TimeToLiveOf(name), octets[..address.CopyTo(octets)]);
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
        DnsName? found = _zone.Hosts.FindName(address)
            ?? _hostsFile.FindName(address)
            ?? _zone.Reservations.FindName(address)
            ?? (_leases.FindName(address.ToIPAddress()) is { } lease ? DnsName.TryParse(lease) : null)
            ?? FindNameMadeOf(address);
        if (found is null)
        {
            return false;
        }

        writer.Add(owner, DnsType.Ptr, _zone.TimeToLiveOf(name), _zone.Qualify(found).Wire);
        return true;
    }

    private DnsName? FindNameMadeOf(NetAddress address)
    {
        foreach (SynthDomain domain in _zone.SynthDomains.AsSpan())
        {
            if (domain.FindName(address) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    private DnsDecision DecideByRules(DnsType type, ReadOnlySpan<byte> name, bool knownByRecords, ref DnsAnswerWriter writer)
    {
        if (_zone.TryFindRoute(name, out ZoneRoute? route))
        {
            switch (route)
            {
                case ZoneRoute.Local:
                    return knownByRecords || _zone.Exists(name) ? DnsDecision.Empty : DnsDecision.NoSuchName;
                case ZoneRoute.Servers servers:
                    return DnsDecision.Forward(servers.Endpoints);
                case ZoneRoute.Fixed fixedAddresses:
                    foreach (NetAddress address in fixedAddresses.Addresses.AsSpan())
                    {
                        Write(address, type, name, DnsAnswerWriter.QuestionOwner, ref writer);
                    }

                    return writer.Answers > 0 ? DnsDecision.Found : DnsDecision.Empty;
            }
        }
        else if (_zone.KeepsPlainNames && DnsName.IsPlainName(name))
        {
            return knownByRecords ? DnsDecision.Empty : DnsDecision.NoSuchName;
        }

        ValueList<NetEndpoint> defaults = DefaultServers();
        return defaults.Count > 0 ? DnsDecision.Forward(defaults) : DnsDecision.Refuse(DnsExtendedError.NotReady);
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

    private static bool Wants(DnsType asked, DnsType has) => asked == has || asked == DnsType.Any;
}
