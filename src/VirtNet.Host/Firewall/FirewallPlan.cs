using System.Net;
using VirtNet.Model;

namespace VirtNet.Host.Firewall;

/// <summary>What guests of one network may do, independent of the tool that enforces it.</summary>
/// <param name="Mode">none, nat or route: the modes that have rules.</param>
/// <param name="Ipv6">Whether IPv6 is filtered at all for this network (an IPv6 address, or <c>ipv6='yes'</c>).</param>
/// <param name="Device">The only host interface that forwarded traffic may use, or null.</param>
public sealed record FirewallPlan(
    ForwardMode Mode, bool Ipv6, string? Device, ValueList<FirewallSubnet> Subnets, bool Tftp, bool DhcpChecksums);

/// <summary>One subnet of a network, in XML order.</summary>
/// <param name="Nat">Null = not translated.</param>
public sealed record FirewallSubnet(IPNetwork Network, FirewallNat? Nat);

/// <summary>Source translation: to the uplink's address (masquerade) or to a range, with a range of ports.</summary>
public sealed record FirewallNat(AddressRange? Addresses, PortRange Ports);
