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
    public static GuestNetwork? For(NetworkDefinition network) =>
        network is { OwnsBridge: true, Uuid: { } uuid, BridgeName: { } bridge } && InterfaceNames.IsSafe(bridge)
            ? new GuestNetwork(
                uuid, network.Name, bridge, network.Forward.Mode,
                network.Forward.Mode == ForwardMode.None ? null : network.Forward.Device,
                network.Ips.Where(ip => ip.Network is not null).ToValueList(),
                network.Ips.Count > 0 && network.Dns?.Enable != false,
                network.Forward.Nat?.Ipv6 == true)
            : null;

    public bool Forwards => Mode != ForwardMode.None;

    public bool ServesFiles => Ips.Any(ip => !ip.IsIpv6 && ip.TftpRoot is not null);

    public bool Has(bool ipv6) => Ips.Any(ip => ip.IsIpv6 == ipv6);

    public bool ServesDhcp(bool ipv6) => Ips.Any(ip => ip.IsIpv6 == ipv6 && ip.HasDhcp);

    /// <summary>Whether connections from outside to its guests are meant to come through: it is routed, or not translated.</summary>
    public bool TakesConnections(bool ipv6) => Mode switch
    {
        ForwardMode.Route or ForwardMode.Open => true,
        ForwardMode.Nat => ipv6 && !HidesIpv6,
        _ => false,
    };
}
