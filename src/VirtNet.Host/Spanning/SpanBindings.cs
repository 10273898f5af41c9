using System.Net;
using VirtNet.Host.Link;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// Whose the addresses of a network that spans hosts are. A guest that uses another's, or the gateway's, gets nothing in; what is
/// nobody's is free, for guests that have their addresses from elsewhere, or make them up.
/// </summary>
/// <param name="Bindings">Each address with who may use it.</param>
/// <param name="Gateways">Addresses that no guest may use.</param>
internal sealed record SpanBindings(string Bridge, ValueList<SpanBinding> Bindings, ValueList<IPAddress> Gateways)
    : HostResource(Ranks.SpanBindings)
{
    /// <summary>Where the network's addresses are: what is known of others there is out of date.</summary>
    public ValueList<IPNetwork> Subnets { get; init; } = [];

    /// <summary>Who is known, on whatever host: each is the only one to use what is made of its MAC address (<see cref="Formed"/>).</summary>
    public ValueList<MacAddress> Guests { get; init; } = [];

    /// <summary>What these addresses begin with.</summary>
    public ValueList<IPNetwork> Prefixes { get; init; } = [];

    /// <summary>Addresses that guests have without having been given them.</summary>
    public IEnumerable<SpanBinding> Formed => FormedBy(Guests);

    /// <summary>All addresses that are somebody's.</summary>
    public IEnumerable<IPAddress> Taken => Gateways.Concat(Bindings.Concat(Formed).Select(binding => binding.Address)).Distinct();

    public override string Key => $"bindings on {Bridge}";

    public override string Kind => "firewall";

    public override bool IsOpaque => true;

    public override string Summary => $"{Key}: {Bindings.Count}";

    public static SpanBindings For(NetworkDefinition network, string bridge, HostSpan span) => new(bridge, span.Bindings, SpanRules.GatewaysOf(network))
    {
        Subnets = network.Ips.Select(ip => ip.Network).OfType<IPNetwork>().ToValueList(),
        Guests = span.Guests.Select(guest => guest.Mac).Concat(span.Bindings.Select(binding => binding.Mac)).Distinct().ToValueList(),
        Prefixes = network.Ips.Where(ip => ip.IsIpv6).Select(ip => ip.Network).OfType<IPNetwork>()
            .Where(prefix => prefix.PrefixLength == Eui64.PrefixLength).Prepend(Eui64.LinkLocal).Distinct().ToValueList(),
    };

    /// <summary>Not a gateway's, whoever says that he has its MAC address.</summary>
    public IEnumerable<SpanBinding> FormedBy(IEnumerable<MacAddress> guests) =>
        guests.SelectMany(mac => Prefixes.Select(prefix => new SpanBinding(Eui64.AddressOf(prefix, mac), mac)))
            .Where(binding => !Gateways.Contains(binding.Address));

    /// <summary>Whether an address is one that a guest of this network has made of its MAC address.</summary>
    public bool IsFormed(IPAddress address) =>
        Eui64.MacIn(address) is { } mac && Prefixes.Any(prefix => prefix.Contains(address)) && Guests.Contains(mac);

    /// <summary>Whether what is known of an address is this network's to say.</summary>
    public bool Covers(IPAddress address) => Subnets.Any(subnet => subnet.Contains(address)) || Gateways.Contains(address);
}
