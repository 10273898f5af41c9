using System.Net;
using System.Net.Sockets;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary>What a publication may not be, as far as it and its network's definition tell: pure, of the host nothing is known here.</summary>
public static class PublicationRules
{
    /// <summary>What guests ask of their network by TCP and UDP, or by UDP alone.</summary>
    private const ushort Dns = 53;

    private static readonly ushort[] ServicePorts = [67, 69, 547];

    /// <param name="defaultAddress">Where the network listens for publications without an address.</param>
    /// <returns>Half a sentence; null where it may be.</returns>
    public static string? WhyImpossible(Publication publication, NetworkDefinition network, IPAddress? defaultAddress) =>
        publication.IsWholeAddress
            ? WhyNotWhole(publication) ?? WhyNotListening(publication, network)
            : WhyNotPortsOf(publication with { Address = publication.Address ?? defaultAddress }, network);

    /// <summary>Why nothing can listen on an address; null where it may be the default.</summary>
    public static string? WhyNoDefault(IPAddress address) =>
        IsMulticast(address) ? $"{AddressText.Format(address)} cannot be published" : null;

    /// <param name="publication">With the address that it listens on.</param>
    private static string? WhyNotPortsOf(Publication publication, NetworkDefinition network) =>
        WhyNotPorts(publication) ?? WhyNotListening(publication, network);

    private static string? WhyNotListening(Publication publication, NetworkDefinition network) =>
        WhyNotTargets(publication)
        ?? WhyNotFrom(publication)
        ?? WhyNotChecked(publication)
        ?? WhyNotIn(network, publication)
        ?? WhyService(publication, network, publication.Address);

    private static string? WhyNotWhole(Publication publication) =>
        publication.Ports.Count > 0 ? "a port needs a protocol"
        : publication.Address is not { } address ? "an address, or a protocol and a port, is needed"
        : IPAddress.IsLoopback(address) || IsUnspecified(address) || IsMulticast(address)
            ? $"{AddressText.Format(address)} cannot be published as a whole"
        : publication.Targets.Count != 1 ? "a whole address has exactly one target"
        : publication.IsToHost ? "a whole address is not the host's"
        : publication.Targets[0].Ports.Count > 0 ? "a whole address has no ports, nor has its target" : null;

    private static string? WhyNotPorts(Publication publication) =>
        publication.Ports.Count == 0 ? "a protocol needs a port"
        : publication.Claim ? "only a whole address can be claimed"
        : publication.Force ? "only a whole address can be forced"
        : publication.Address is { } address && IsMulticast(address) ? $"{AddressText.Format(address)} cannot be published"
        : publication is { Protocol: PublishedProtocol.Sctp, IsToHost: false } && IPAddress.IPv6Loopback.Equals(publication.Address)
            ? "on ::1 there is TCP and UDP alone"
        : WhyOverlapping(publication.Ports);

    private static string? WhyOverlapping(ValueList<PortRange> ports)
    {
        PortRange[] sorted = [.. ports.OrderBy(range => range.First)];
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i - 1].Overlaps(sorted[i]))
            {
                return $"port {sorted[i].First} is listed twice";
            }
        }

        return null;
    }

    private static string? WhyNotTargets(Publication publication)
    {
        if (publication.Targets.Count is 0 or > Publication.MaxTargets)
        {
            return publication.Targets.Count == 0 ? "a target is needed" : $"there are at most {Publication.MaxTargets} targets";
        }

        HashSet<PublicationTarget> known = [];
        int listened = PortRange.CountOf(publication.Ports);
        foreach (PublicationTarget target in publication.Targets)
        {
            string? reason = target.IsHost && publication.Targets.Count > 1 ? "the host is a target by itself"
                : target.IsHost && target.Ports.Count == 0 ? "the host needs a port"
                : PortRange.CountOf(target.Ports) is > 1 and var count && count != listened
                    ? $"{listened} ports cannot go to the {count} of {target.Text}: as many, or one"
                : target.Address is { } to && publication.Address is { } from && to.AddressFamily != from.AddressFamily
                    ? $"what comes to {AddressText.Format(from)} cannot go to {AddressText.Format(to)}: one is IPv4, the other IPv6"
                : !known.Add(target with { Weight = 1, IsBackup = false }) ? $"{target.Text} is named twice" : null;
            if (reason is not null)
            {
                return reason;
            }
        }

        return null;
    }

    private static string? WhyNotFrom(Publication publication)
    {
        if (publication.Address is not { } address)
        {
            return null;
        }

        return IPAddress.IsLoopback(address) && (publication.Interface is not null || publication.From.Count > 0)
            ? $"{AddressText.Format(address)} is reached from the host alone: an interface or clients cannot be chosen"
            : publication.From.Any(from => from.BaseAddress.AddressFamily != address.AddressFamily)
                ? $"no client of another address family comes to {AddressText.Format(address)}"
            : null;
    }

    private static string? WhyNotChecked(Publication publication) =>
        publication.Check is not { } check ? null
        : publication.IsToHost ? "the host itself is not checked"
        : check.Port is null && publication.Protocol != PublishedProtocol.Tcp ? "a check by TCP or HTTP needs a port where none is published by TCP"
        : null;

    private static string? WhyNotIn(NetworkDefinition network, Publication publication)
    {
        if (!network.OwnsBridge)
        {
            return $"a network in mode {network.Forward.Mode.Name()} publishes nothing: its guests are on another network";
        }

        if (publication is { IsWholeAddress: true, Address: { } whole } && network.Ips.Any(ip => ip.Address.Equals(whole)))
        {
            return $"{AddressText.Format(whole)} is the bridge's own, on which the network's guests are served: it cannot be published as a whole";
        }

        if (publication is { Claim: true, Address: { } claimed } && network.Ips.Any(ip => ip.Network?.Contains(claimed) == true))
        {
            return $"{AddressText.Format(claimed)} is in a subnet of the network: its guests have such addresses, the host cannot claim them";
        }

        foreach (IPAddress address in publication.Targets.Select(target => target.Address).OfType<IPAddress>())
        {
            if (network.Ips.Any(ip => ip.Address.Equals(address)))
            {
                return $"{AddressText.Format(address)} is the bridge's own: host='yes' is a target on the host";
            }

            if (network.Ips.Any(ip => IsEdge(ip, address)))
            {
                return $"{AddressText.Format(address)} is no address that a guest can have: the subnet's first and last are not given out";
            }

            if (!network.Ips.Any(ip => ip.Network?.Contains(address) == true)
                && !network.Routes.Any(route => Subnet.Contains(route.Address, route.EffectivePrefix, address)))
            {
                return $"{AddressText.Format(address)} is outside the network: in none of its subnets and routes";
            }
        }

        return null;
    }

    /// <param name="address">Where it listens; null = everywhere.</param>
    private static string? WhyService(Publication publication, NetworkDefinition network, IPAddress? address)
    {
        bool isGuests = publication.Interface is { } name ? name == network.BridgeName
            : address is null || IsUnspecified(address) || network.Ips.Any(ip => ip.Address.Equals(address));
        return isGuests && ServedPort(publication) is { } taken
            ? $"port {taken} is what the network's guests are served on: publish it on one address of the host, or by one interface" : null;
    }

    /// <summary>The first of its ports on which networks serve their guests; null = none.</summary>
    public static ushort? ServedPort(Publication publication)
    {
        if (publication.Protocol is not (PublishedProtocol.Tcp or PublishedProtocol.Udp))
        {
            return null;
        }

        bool isUdp = publication.Protocol is PublishedProtocol.Udp;
        foreach (PortRange range in publication.Ports)
        {
            ushort taken = range.Contains(Dns) ? Dns : isUdp ? Array.Find(ServicePorts, range.Contains) : (ushort)0;
            if (taken > 0)
            {
                return taken;
            }
        }

        return null;
    }

    /// <summary>The subnet itself, or its broadcast address: whoever connected there would wait in vain.</summary>
    private static bool IsEdge(IpDefinition ip, IPAddress address) =>
        !ip.IsIpv6 && ip.EffectivePrefix is { } prefix and < 31 && address.AddressFamily == AddressFamily.InterNetwork
        && (Subnet.NetworkAddress(ip.Address, prefix).Equals(address) || Subnet.Broadcast(ip.Address, prefix).Equals(address));

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsMulticast(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? address.IsIPv6Multicast
        : address.GetAddressBytes()[0] >= 224;
}
