using System.Net;
using System.Net.Sockets;
using VirtNet.Model;

namespace VirtNet.Host.Firewall;

/// <summary>What guests of one network may do, independent of the tool that enforces it.</summary>
/// <param name="Mode">none, nat or route: the modes that have rules.</param>
/// <param name="Ipv6">
/// Whether IPv6 is filtered at all for this network (an IPv6 address, or <c>ipv6='yes'</c>). Elsewhere IPv6 is switched
/// off on the bridge, and no rule speaks of it.
/// </param>
/// <param name="Device">The only host interface that forwarded traffic may use, or null.</param>
/// <param name="Subnets">One for each <c>&lt;ip&gt;</c>, in XML order, whatever the mode.</param>
/// <param name="Tftp">Whether the TFTP port is opened to guests (iptables only: the other backend opens no port).</param>
/// <param name="DhcpChecksums">Whether the kernel is asked to complete checksums of DHCP replies (iptables only).</param>
public sealed record FirewallPlan(
    ForwardMode Mode, bool Ipv6, string? Device, ValueList<FirewallSubnet> Subnets, bool Tftp, bool DhcpChecksums)
{
    public bool HasIpv6Address
    {
        get
        {
            foreach (FirewallSubnet subnet in Subnets)
            {
                if (subnet.IsIpv6)
                {
                    return true;
                }
            }

            return false;
        }
    }
}

/// <summary>One subnet of a network.</summary>
/// <param name="HostAddress">The bridge's address in it.</param>
/// <param name="Nat">Null = not translated.</param>
public sealed record FirewallSubnet(IPNetwork Network, IPAddress HostAddress, FirewallNat? Nat)
{
    public bool IsIpv6 => HostAddress.AddressFamily == AddressFamily.InterNetworkV6;
}

/// <summary>Source translation: to the uplink's address (masquerade) or to a range, with a range of ports.</summary>
/// <param name="Addresses">Null = masquerade.</param>
/// <param name="Ports">For TCP and UDP; other protocols have none.</param>
public sealed record FirewallNat(AddressRange? Addresses, NatPortRange Ports);
