using System.Net;
using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Model.Publishing;
using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Publishing;

/// <summary>
/// Where guests of a network are. A name is not an identity: it stands for whom a reservation or a port says it is, never for whoever
/// calls itself so by DHCP.
/// </summary>
internal sealed class GuestAddresses
{
    private const string Remedy = "If that is not meant: net-unpublish, and net-publish again";

    private readonly ILookup<MacAddress, DhcpHost> _reservationsByMac;
    private readonly ILookup<string, DhcpHost> _reservationsByName;
    private readonly ILookup<string, MacAddress> _portsByOwner;
    private readonly ILookup<MacAddress, Lease> _leases;
    private readonly Lazy<Dictionary<IPAddress, MacAddress>> _owners;

    public GuestAddresses(NetworkDefinition network, ValueList<NetworkPort> ports, IReadOnlyList<Lease> leases)
    {
        DhcpHost[] reservations = [.. network.Ips.SelectMany(ip => ip.Hosts)];
        _reservationsByMac = reservations.Where(host => MacOf(host) is not null).ToLookup(host => MacOf(host)!.Value);
        _reservationsByName = reservations.Where(host => host.Name is not null).ToLookup(host => host.Name!, StringComparer.OrdinalIgnoreCase);
        _portsByOwner = ports.Where(port => port.OwnerName is not null).ToLookup(port => port.OwnerName!, port => port.Mac);
        _leases = leases.Where(lease => lease.Mac is not null).ToLookup(lease => lease.Mac!.Value);
        _owners = new(() =>
        {
            Dictionary<IPAddress, MacAddress> owners = [];
            foreach (DhcpHost host in reservations.Where(host => host.Address is not null && MacOf(host) is not null))
            {
                owners[host.Address!] = MacOf(host)!.Value;
            }

            foreach (Lease lease in leases.Where(lease => lease.Mac is not null).OrderBy(lease => lease.Expires ?? DateTimeOffset.MaxValue))
            {
                owners[lease.Address] = lease.Mac!.Value;
            }

            return owners;
        });
    }

    public ResolvedGuest Find(PublicationTarget target)
    {
        if (target.Address is { } fixedAddress)
        {
            return fixedAddress.AddressFamily == AddressFamily.InterNetworkV6
                ? new ResolvedGuest(null, fixedAddress, null) : new ResolvedGuest(fixedAddress, null, null);
        }

        DhcpHost[] reservations = [.. Reservations(target)];
        MacAddress[] macs = target.Mac is { } given ? [given]
            : [.. reservations.Select(MacOf).OfType<MacAddress>().Distinct()];
        if (macs.Length == 0 && target.Guest is { } name)
        {
            macs = [.. _portsByOwner[name].Distinct()];
        }

        if (macs.Length > 1)
        {
            return new ResolvedGuest(null, null, $"{target.Text} has several interfaces here ({string.Join(", ", macs)}): name one by its MAC address");
        }

        if (macs.Length == 0 && reservations.Length == 0)
        {
            return new ResolvedGuest(null, null, $"no reservation and no port is called {target.Guest}");
        }

        IPAddress? ipv4 = AddressOf(macs, reservations, ipv6: false);
        IPAddress? ipv6 = AddressOf(macs, reservations, ipv6: true);
        return new ResolvedGuest(ipv4, ipv6, ipv4 is null && ipv6 is null ? "it has no address yet" : null);
    }

    /// <summary>That a name which was tied to a MAC address is somebody else's by now: who it was tied to is published all the same.</summary>
    /// <returns>Null where there is nothing to say.</returns>
    public string? WhyMoved(PublicationTarget target)
    {
        if (target is not { Guest: { } name, Mac: { } tied })
        {
            return null;
        }

        MacAddress[] said = [.. _reservationsByName[name].Select(MacOf).OfType<MacAddress>().Concat(_portsByOwner[name]).Distinct()];
        string[] own = [.. _leases[tied].Select(lease => lease.HostName).OfType<string>().Concat(_reservationsByMac[tied].Select(host => host.Name).OfType<string>())];
        MacAddress[] called = said.Length > 0 ? said
            : [.. _leases.Where(guest => guest.Any(lease => IsName(lease.HostName))).Select(guest => guest.Key)];
        return called.Contains(tied) || (said.Length == 0 && own.Any(IsName)) ? null
            : called.Length > 0 ? $"'{name}' is {string.Join(" and ", called)} now: reached is {tied}, who had that name when it was published. {Remedy}"
            : own.Length > 0 ? $"{tied}, who is reached as '{name}', is called '{own[0]}' now. {Remedy}"
            : null;

        bool IsName(string? other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whose an address is: by lease, or by reservation; null = neither says.</summary>
    public MacAddress? MacOf(IPAddress address) => _owners.Value.TryGetValue(address, out MacAddress mac) ? mac : null;

    private IEnumerable<DhcpHost> Reservations(PublicationTarget target) =>
        target.Mac is { } mac ? _reservationsByMac[mac] : target.Guest is { } name ? _reservationsByName[name] : [];

    /// <summary>What a guest has now; before that, what is kept for it.</summary>
    private IPAddress? AddressOf(MacAddress[] macs, DhcpHost[] reservations, bool ipv6)
    {
        AddressFamily family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        IPAddress[] kept = [.. reservations.Select(host => host.Address).OfType<IPAddress>().Where(address => address.AddressFamily == family)];
        IPAddress[] leased =
        [
            .. macs.SelectMany(mac => _leases[mac]).Where(lease => lease.Address.AddressFamily == family)
                .OrderByDescending(lease => lease.Expires ?? DateTimeOffset.MaxValue).Select(lease => lease.Address),
        ];
        return leased.FirstOrDefault(kept.Contains) ?? leased.FirstOrDefault() ?? kept.FirstOrDefault();
    }

    private static MacAddress? MacOf(DhcpHost host) => MacAddress.TryParse(host.Mac, out MacAddress mac) ? mac : null;
}

/// <summary>Where a target is, as far as it is known.</summary>
/// <param name="Reason">Why it is not known at all: half a sentence.</param>
internal sealed record ResolvedGuest(IPAddress? Ipv4, IPAddress? Ipv6, string? Reason)
{
    public IPAddress? Of(bool ipv6) => ipv6 ? Ipv6 : Ipv4;
}
