namespace VirtNet.Model;

/// <summary>
/// All that a <c>&lt;network&gt;</c> document says, in libvirt's terms (spec: libvirt's network XML format). Values are
/// kept as given, so that they print as given: a netmask stays a netmask, an absent attribute stays absent.
/// </summary>
public sealed record NetworkDefinition
{
    public required string Name { get; init; }

    /// <summary>Null only before defaults are filled in.</summary>
    public Guid? Uuid { get; init; }

    public string? Title { get; init; }

    public string? Description { get; init; }

    public NetworkMetadata? Metadata { get; init; }

    /// <summary><c>ipv6='yes'</c>: without an IPv6 address, guests may still talk IPv6 among themselves.</summary>
    public bool GuestIpv6 { get; init; }

    public bool? TrustGuestRxFilters { get; init; }

    public Forward Forward { get; init; } = Forward.None;

    /// <summary>Null when nothing was said; after defaults, present for every mode that owns a bridge.</summary>
    public Bridge? Bridge { get; init; }

    /// <summary>Bytes; 0 = the kernel's default.</summary>
    public uint Mtu { get; init; }

    public MacAddress? Mac { get; init; }

    public DomainName? Domain { get; init; }

    public DnsDefinition? Dns { get; init; }

    public Vlan? Vlan { get; init; }

    public Bandwidth? Bandwidth { get; init; }

    /// <summary><c>&lt;port isolated=/&gt;</c>; null when absent.</summary>
    public bool? PortIsolated { get; init; }

    public ValueList<IpDefinition> Ips { get; init; } = [];

    public ValueList<RouteDefinition> Routes { get; init; } = [];

    public VirtualPort? VirtualPort { get; init; }

    public ValueList<PortGroup> PortGroups { get; init; } = [];

    /// <summary>Values of <c>&lt;dnsmasq:option&gt;</c>, in order.</summary>
    public ValueList<string> DnsmasqOptions { get; init; } = [];

    /// <summary>Whether this network makes and owns its bridge (modes none, nat, route, open).</summary>
    public bool OwnsBridge => Forward.Mode is ForwardMode.None or ForwardMode.Nat or ForwardMode.Route or ForwardMode.Open;

    /// <summary>The bridge's name where the network has one: its own, or the host's in mode bridge.</summary>
    public string? BridgeName => Bridge?.Name;
}
