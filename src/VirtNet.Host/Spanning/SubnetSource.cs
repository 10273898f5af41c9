using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// What the host itself sends from into a subnet that is on several hosts: its own address among them. The bridges' is the same on
/// all, so an answer to that would stay on the host of the guest that answers. IPv4 only.
/// </summary>
/// <param name="Gateway">The bridge's address in it.</param>
internal sealed record SubnetSource(string Bridge, IPAddress Subnet, int PrefixLength, IPAddress Gateway, IPAddress Source)
    : HostResource(Ranks.Route)
{
    /// <summary>The protocol by which such a route is known: no other program's is this.</summary>
    public const byte Protocol = 0x76;

    public override string Key => $"source of {Subnet}/{PrefixLength} on {Bridge}";

    public override string Kind => "route";

    public override string? Device => Bridge;

    public override string? GoesWith => BridgeLink.KeyOf(Bridge);

    public override string Summary => $"{Key} {Source}";

    public static IEnumerable<SubnetSource> For(NetworkDefinition network, string bridge, HostSpan span)
    {
        // Guests of an isolated network answer nobody outside of it.
        if (network.Forward.Mode == ForwardMode.None || span.Local.AddressFamily != AddressFamily.InterNetwork)
        {
            yield break;
        }

        foreach (IpDefinition ip in network.Ips.Where(ip => !ip.IsIpv6))
        {
            if (ip.Network is { PrefixLength: < 32 } subnet && !ip.Address.Equals(IPAddress.Any))
            {
                yield return new SubnetSource(bridge, subnet.BaseAddress, subnet.PrefixLength, ip.Address, span.Local);
            }
        }
    }

    public bool IsIn(RouteMessage route) => IsOfSubnet(route) && Source.Equals(route.PreferredSource);

    /// <summary>Whether it is the route of the subnet, whatever its source.</summary>
    public bool IsOfSubnet(RouteMessage route) => route.IsTo(Subnet, PrefixLength) && route.Gateway is null && route.Metric == 0;
}
