using System.Net;
using VirtNet.Host.Link;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// Whose the addresses of a network that spans hosts are. A guest that uses another's, or the gateway's, gets nothing in; what is
/// nobody's is free, for guests that have their addresses from elsewhere.
/// </summary>
/// <param name="Bindings">Each address with who may use it.</param>
/// <param name="Gateways">Addresses that no guest may use.</param>
internal sealed record SpanBindings(string Bridge, ValueList<SpanBinding> Bindings, ValueList<IPAddress> Gateways)
    : HostResource(Ranks.SpanBindings)
{
    /// <summary>Where the network's addresses are: what is known of others there is out of date.</summary>
    public ValueList<IPNetwork> Subnets { get; init; } = [];

    /// <summary>All addresses that are somebody's.</summary>
    public IEnumerable<IPAddress> Taken => Gateways.Concat(Bindings.Select(binding => binding.Address)).Distinct();

    public override string Key => $"bindings on {Bridge}";

    public override string Kind => "firewall";

    public override bool IsOpaque => true;

    public override string Summary => $"{Key}: {Bindings.Count}";

    public static SpanBindings For(NetworkDefinition network, string bridge, HostSpan span) => new(bridge, span.Bindings, SpanRules.GatewaysOf(network))
    {
        Subnets = network.Ips.Select(ip => ip.Network).OfType<IPNetwork>().ToValueList(),
    };

    /// <summary>Whether what is known of an address is this network's to say.</summary>
    public bool Covers(IPAddress address) => Subnets.Any(subnet => subnet.Contains(address)) || Gateways.Contains(address);
}
