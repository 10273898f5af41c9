using System.Net;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>The tunnel to the other hosts of a network: a VXLAN device that is a port of its bridge.</summary>
/// <param name="Name">Of the device.</param>
internal sealed record SpanLink(string Name, uint Vni, IPAddress? Local, string? Bridge) : HostResource(Ranks.Span)
{
    public ushort Port { get; init; } = HostSpan.Port;

    public MacAddress? Mac { get; init; }

    /// <summary>Null = whatever the kernel chose.</summary>
    public uint? Mtu { get; init; }

    public bool Learns { get; init; }

    /// <summary>Whether the bridge finds out by itself who is behind the tunnel.</summary>
    public bool PortLearns { get; init; } = true;

    /// <summary>Whether the bridge answers for whom it knows to be behind the tunnel, and floods the rest only.</summary>
    public bool Suppresses { get; init; }

    public bool Up { get; init; } = true;

    /// <summary>Whether the device's alias names its owner.</summary>
    public bool Marked { get; init; } = true;

    /// <summary>Where goes what is for everybody, and for whom the tunnel does not know; in the order of their octets.</summary>
    public ValueList<IPAddress> Peers { get; init; } = [];

    public override string Key => $"tunnel {Name}";

    public override string Kind => "link";

    public override string? Device => Name;

    public override string Summary =>
        $"{Key} vni {Vni} port {Port} from {Local} to {(Peers.Count == 0 ? "nobody" : Listing.Of(Peers))}"
        + $"{(Mtu is { } mtu ? $" mtu {mtu}" : "")}{(Learns ? " learning" : "")} on {Bridge}";

    public string Alias => BridgeLink.AliasOf(Owner ?? Guid.Empty);

    public VxlanOptions Options => new(Vni, Local, Port, Learns);

    public static SpanLink For(NetworkDefinition network, string bridge, HostSpan span) => new(span.Device, span.Vni, span.Local, bridge)
    {
        Mac = span.Mac,
        Mtu = network.Mtu == 0 ? null : network.Mtu,
        Learns = span.Learns,
        PortLearns = span.Learns,
        Suppresses = !span.Learns,
        Peers = Sorted(span.Peers),
    };

    /// <summary>Whether a link is the tunnel of this network: by its alias, or its group while it has none yet.</summary>
    public static bool IsOurs(LinkMessage link, Guid owner) => link.Kind == VxlanOptions.Kind
        && (BridgeLink.MarkIn(link.Alias) is { } marked
            ? marked == owner
            : link.Alias is null or "" && link.Group == BridgeLink.FirstGroupOf(owner));

    /// <summary>Whether it is another tunnel, so that the device must be made anew.</summary>
    public bool IsOther(SpanLink before) =>
        before.Name != Name || before.Options != Options || before.Mac != Mac;

    /// <summary>What the host has of this tunnel; properties that this one leaves open are left out.</summary>
    /// <param name="bridge">The index of its bridge; 0 = there is none.</param>
    public SpanLink Observe(LinkMessage link, int bridge, IEnumerable<TunnelEntry> entries) => this with
    {
        Vni = link.Vxlan?.Vni ?? 0,
        Local = link.Vxlan?.Local,
        Port = link.Vxlan?.Port ?? 0,
        Learns = link.Vxlan?.Learns ?? false,
        PortLearns = link.Port?.Learns ?? true,
        Suppresses = link.Port?.Suppresses ?? false,
        Mac = link.Mac,
        Mtu = Mtu is null ? null : link.Mtu,
        Up = link.Up,
        Bridge = bridge != 0 && link.Master == bridge ? Bridge : null,
        Marked = BridgeLink.MarkIn(link.Alias) == Owner,
        Peers = Sorted(entries.Where(entry => entry.IsFlood).Select(entry => entry.Host)),
    };

    /// <summary>Whether an announcement about the tunnel shows it as it shall be, as far as it tells.</summary>
    public bool IsFine(LinkMessage link) =>
        link.Name == Name && link.Up == Up && (Mtu is null || link.Mtu == Mtu) && link.Mac == Mac && BridgeLink.MarkIn(link.Alias) == Owner;

    /// <summary>The same of an announcement about it as a port.</summary>
    public bool IsFine(BridgePort port) => port.Learns == PortLearns && port.Suppresses == Suppresses;

    private static ValueList<IPAddress> Sorted(IEnumerable<IPAddress> addresses) =>
        [.. addresses.Distinct().OrderBy(address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal)];
}
