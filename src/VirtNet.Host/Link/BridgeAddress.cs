using System.Net;
using System.Net.Sockets;
using VirtNet.Model;

namespace VirtNet.Host.Link;

/// <summary>An address of a network's bridge, together with the route to its subnet that the kernel makes for it.</summary>
/// <param name="Broadcast">IPv4 only.</param>
/// <param name="Routed">Whether the subnet's route is there; always wanted, except where the kernel makes none.</param>
internal sealed record BridgeAddress(string Bridge, IPAddress Address, int PrefixLength, IPAddress? Broadcast, bool Routed)
    : HostResource(Ranks.Address)
{
    public override string Key => $"address {Address}/{PrefixLength} on {Bridge}";

    public override string Kind => "address";

    public override string? Device => Bridge;

    public override string? GoesWith => BridgeLink.KeyOf(Bridge);

    public override string Summary => Broadcast is null ? Key : $"{Key} broadcast {Broadcast}";

    public bool IsIpv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    public IPAddress Subnet => Model.Subnet.NetworkAddress(Address, PrefixLength);

    /// <summary>In the order of the definition. 0.0.0.0 is left out: the kernel takes it without a word and does nothing.</summary>
    /// <exception cref="VirtNetException">There is no valid prefix, or the same address twice, or one that no bridge can have.</exception>
    public static IEnumerable<BridgeAddress> For(string bridge, IReadOnlyCollection<IpDefinition> ips)
    {
        HashSet<string> seen = [];
        foreach (BridgeAddress address in ips.Where(ip => !ip.Address.Equals(IPAddress.Any)).Select(ip => For(bridge, ip)))
        {
            if (!IsPossible(address.Address))
            {
                throw LinkErrors.AddingAddress(address, LinkErrors.NoSuchAddress);
            }

            yield return seen.Add(address.Key) ? address : throw LinkErrors.AddingAddress(address, LinkErrors.Exists);
        }
    }

    /// <summary>Linux, ipv6_add_addr: of IPv4 a bridge may have any address.</summary>
    private static bool IsPossible(IPAddress address) =>
        address.AddressFamily != AddressFamily.InterNetworkV6
        || !(address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.IPv6Loopback) || address.IsIPv6Multicast);

    private static BridgeAddress For(string bridge, IpDefinition ip)
    {
        int prefix = ip.EffectivePrefix ?? throw VirtNetException.Internal(
            $"bridge '{bridge}' has an invalid netmask or IP address");
        return new BridgeAddress(
            bridge,
            ip.Address,
            prefix,
            ip.IsIpv6 ? null : Model.Subnet.Broadcast(ip.Address, prefix),
            Routed: prefix < (ip.IsIpv6 ? 128 : 32));
    }
}
