using System.Net;
using System.Net.Sockets;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Answers;

/// <summary>
/// Which name has which addresses on this host: by the definition's hosts, the host's own hosts file, further files, reservations,
/// leases, and domains whose names are made of addresses.
/// </summary>
/// <param name="found">Where what is found of a name is put.</param>
internal readonly ref struct KnownNames(
    LocalZone zone, HostTable hostsFile, HostTable[] furtherHosts, ILeaseNames leases, FoundAddresses found)
{
    private readonly LocalZone _zone = zone;
    private readonly HostTable _hostsFile = zone.UsesHostsFile ? hostsFile : HostTable.Empty;
    private readonly HostTable[] _furtherHosts = furtherHosts;
    private readonly ILeaseNames _leases = leases;
    private readonly FoundAddresses _addresses = found;

    /// <summary>Finds all addresses of a name, and for how many seconds they may be kept.</summary>
    public uint FindAddresses(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> plain = _zone.PlainPart(name);
        _addresses.Clear();
        Find(_zone.Hosts, name, plain);
        Find(_hostsFile, name, plain);
        foreach (HostTable further in _furtherHosts)
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

    /// <summary>Finds the name of an address, in the order of the sources; the gateway has none.</summary>
    /// <param name="timeToLive">The seconds for which the answer may be kept: what is said of such a name comes in their place.</param>
    public DnsName? FindName(NetAddress address, ref uint timeToLive)
    {
        DnsName? name = _zone.Hosts.FindName(address)
            ?? _hostsFile.FindName(address)
            ?? FindNameInFiles(address)
            ?? _zone.Reservations.FindName(address);
        if (name is null && _zone.FullNames.FindName(address) is { } full)
        {
            timeToLive = _zone.OwnTimeToLiveOf(full.Wire) ?? timeToLive;
            return full;
        }

        if (name is null && _leases.FindName(address.ToIPAddress()) is { } lease)
        {
            name = DnsName.TryParse(lease);
            timeToLive = _zone.LeaseTimeToLive ?? timeToLive;
        }

        name ??= FindNameMadeOf(address);
        if (name is null)
        {
            return null;
        }

        timeToLive = _zone.OwnTimeToLiveOf(name.Wire) ?? timeToLive;
        return _zone.Qualify(name);
    }

    /// <summary>Whether names below this one are known here, those of guests in the network's domain included.</summary>
    public bool IsAbove(ReadOnlySpan<byte> name) =>
        _zone.IsAbove(name)
        || _hostsFile.IsAbove(name)
        || IsAboveInFiles(name)
        || (_zone.Domain is { } domain
            && DnsName.IsSameOrBelow(domain.Wire, name)
            && (_zone.Hosts.HasPlainNames || _zone.Reservations.HasPlainNames || _hostsFile.HasPlainNames || _leases.HasNames));

    private bool IsAboveInFiles(ReadOnlySpan<byte> name)
    {
        foreach (HostTable further in _furtherHosts)
        {
            if (further.IsAbove(name))
            {
                return true;
            }
        }

        return false;
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

    private DnsName? FindNameInFiles(NetAddress address)
    {
        foreach (HostTable further in _furtherHosts)
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
}
