using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Host.Link;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// What keeps a spanning network's hosts apart where they must be, and strangers out: DHCP, routers' advertisements and what is said
/// of gateways do not cross its tunnel, and only its hosts may send into it.
/// </summary>
/// <param name="Bridge">The bridge that the tunnel is a port of.</param>
/// <param name="Tunnel">The tunnel.</param>
/// <param name="Mac">What the host itself sends from through the tunnel.</param>
internal sealed record SpanRules(Guid Network, string Bridge, string Tunnel, uint Vni, MacAddress Mac, IPAddress Local)
    : HostResource(Ranks.SpanRules)
{
    /// <summary>Who may send into the tunnel.</summary>
    public ValueList<IPAddress> Peers { get; init; } = [];

    /// <summary>The bridge's addresses, which are the same on all hosts.</summary>
    public ValueList<IPAddress> Gateways { get; init; } = [];

    /// <summary>Whether guests reach other networks: then their answers to hosts are not translated.</summary>
    public bool Forwards { get; init; }

    public override string Key => $"span rules {Tunnel}";

    public override string Kind => "firewall";

    public override bool IsOpaque => true;

    public override string Summary => $"span rules of {Tunnel} (vni {Vni}, "
        + $"{(Peers.Count == 0 ? "from nobody" : $"from {Listing.Of(Peers)}")}{(Forwards ? ", not translated to hosts" : "")})";

    /// <exception cref="VirtNetException">The firewall's tools cannot be given the bridge's name.</exception>
    public static SpanRules For(NetworkDefinition network, string bridge, HostSpan span)
    {
        InterfaceNames.ThrowIfUnsafe(bridge);
        return new SpanRules(network.Uuid ?? Guid.Empty, bridge, span.Device, span.Vni, span.Mac, span.Local)
        {
            Peers = span.Peers,
            Gateways = GatewaysOf(network),
            Forwards = network.Forward.Mode != ForwardMode.None,
        };
    }

    /// <summary>A bridge's addresses, among them the link-local one that it gives itself, and that its guests have for their router.</summary>
    public static ValueList<IPAddress> GatewaysOf(NetworkDefinition network) =>
        network.Ips.Select(ip => ip.Address).Concat(network.Ips.Any(ip => ip.IsIpv6) && network.Mac is { } mac ? [Eui64.AddressOf(Eui64.LinkLocal, mac)] : [])
            .Distinct().ToValueList();
}
