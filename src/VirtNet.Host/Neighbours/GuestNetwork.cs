using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Neighbours;

/// <summary>What other firewalls must let through for one network: its bridge, its subnets, and what it serves and forwards.</summary>
/// <param name="Ips">With a subnet.</param>
/// <param name="HidesIpv6">Whether its IPv6 guests are behind an address of the host.</param>
internal sealed record GuestNetwork(
    Guid Uuid, string Name, string Bridge, ForwardMode Mode, string? Device, ValueList<IpDefinition> Ips, bool ServesNames,
    bool HidesIpv6)
{
    /// <returns>Null for networks that do not own their bridge, and for bridges that no firewall's tool can be given.</returns>
    /// <param name="rules">Its own, by which it lets in more than its mode does; null = it does not.</param>
    public static GuestNetwork? For(NetworkDefinition network, FirewallRules? rules = null) =>
        network is { OwnsBridge: true, Uuid: { } uuid, BridgeName: { } bridge } && InterfaceNames.IsSafe(bridge)
            ? new GuestNetwork(
                uuid, network.Name, bridge, network.Forward.Mode,
                network.Forward.Mode == ForwardMode.None ? null : network.Forward.Device,
                network.Ips.Where(ip => ip.Network is not null).ToValueList(),
                network.Ips.Count > 0 && network.Dns?.Enable != false,
                network.Forward.Nat?.Ipv6 == true)
            {
                Publishes = rules?.Publications.Any(publication => publication.Targets.Any(target => target.Address is not null)) == true,
                Places = rules?.Publications.Where(publication => !publication.IsOwnAddress)
                    .Select(publication => publication with { Targets = [], Draining = [], Down = [] }).ToValueList() ?? [],
                HostPlaces = rules?.Publications.Where(publication => publication is { IsHostPort: true, Protocol: not null })
                    .Select(publication => publication with { Draining = [], Down = [] }).ToValueList() ?? [],
                GuestPlaces = rules?.Publications.Where(publication => publication is { IsLoopback: false, IsOwnAddress: false, Protocol: not null })
                    .Select(WithoutGuests).Where(publication => publication.Targets.Count > 0).ToValueList() ?? [],
                HasPeers = rules?.Peers.Count > 0,
            }
            : null;

    /// <summary>Whether somebody outside reaches its guests by what it publishes.</summary>
    public bool Publishes { get; init; }

    /// <summary>Where it publishes, without who answers there: guests that move do not make it another one.</summary>
    public ValueList<HostPublication> Places { get; init; } = [];

    /// <summary>What it publishes of the host itself: it comes to the host by another port than it was sent to.</summary>
    public ValueList<HostPublication> HostPlaces { get; init; } = [];

    /// <summary>Where it publishes ports of guests, and by which ports these are reached.</summary>
    public ValueList<HostPublication> GuestPlaces { get; init; } = [];

    /// <summary>Whether guests of other networks reach its own.</summary>
    public bool HasPeers { get; init; }

    /// <summary>Also that of an isolated network to whom it lets in: to nobody else, by its own rules.</summary>
    public bool Forwards => Mode != ForwardMode.None || Publishes || HasPeers;

    public bool ServesFiles => Ips.Any(ip => !ip.IsIpv6 && ip.TftpRoot is not null);

    public bool Has(bool ipv6) => Ips.Any(ip => ip.IsIpv6 == ipv6);

    public bool ServesDhcp(bool ipv6) => Ips.Any(ip => ip.IsIpv6 == ipv6 && ip.HasDhcp);

    /// <summary>Whether connections from outside to its guests are meant to come through: it is routed, or not translated.</summary>
    public bool TakesConnections(bool ipv6) => HasPeers || Mode switch
    {
        ForwardMode.None => Publishes,
        ForwardMode.Route or ForwardMode.Open => true,
        ForwardMode.Nat => ipv6 && !HidesIpv6,
        _ => false,
    };

    /// <summary>Of targets only their ports, each once: guests that move do not make it another place.</summary>
    private static HostPublication WithoutGuests(HostPublication publication) => publication with
    {
        Targets = publication.Targets.Where(target => target.Address is not null)
            .Select(target => target with { Address = publication.Ipv6 ? IPAddress.IPv6Any : IPAddress.Any, Weight = 1 })
            .Distinct().ToValueList(),
        Draining = [],
        Down = [],
    };
}
