namespace VirtNet.Model;

/// <summary>A named class of guest connections.</summary>
public sealed record PortGroup(string Name)
{
    public bool IsDefault { get; init; }

    public bool? TrustGuestRxFilters { get; init; }

    public Vlan? Vlan { get; init; }

    public VirtualPort? VirtualPort { get; init; }

    public Bandwidth? Bandwidth { get; init; }
}
