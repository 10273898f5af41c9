namespace VirtNet.Model.Ports;

/// <summary>One guest interface's connection to a network (<c>&lt;networkport&gt;</c>).</summary>
public sealed record NetworkPort
{
    public required Guid Uuid { get; init; }

    public required string OwnerName { get; init; }

    public required Guid OwnerUuid { get; init; }

    public string? Group { get; init; }

    public required MacAddress Mac { get; init; }

    public VirtualPort? VirtualPort { get; init; }

    public Bandwidth? Bandwidth { get; init; }

    public Vlan? Vlan { get; init; }

    public bool? Isolated { get; init; }

    public bool? TrustGuestRxFilters { get; init; }

    /// <summary>Whether somebody counts on each of its packets being limited, or kept from other guests.</summary>
    public bool IsLimited => Bandwidth is not null || Isolated == true;

    public PortPlug Plug { get; init; } = new PortPlug.None();
}

/// <summary>What the guest's device is plugged into.</summary>
public abstract record PortPlug
{
    private PortPlug()
    {
    }

    public sealed record None : PortPlug;

    /// <summary>A bridge that a network owns.</summary>
    public sealed record Network(string Bridge, MacTableManager? MacTableManager) : PortPlug;

    /// <summary>A bridge of the host.</summary>
    public sealed record HostBridge(string Bridge, MacTableManager? MacTableManager) : PortPlug;

    /// <summary>macvtap over a host device; mode is bridge, private, vepa or passthrough.</summary>
    public sealed record Direct(string Device, ForwardMode Mode) : PortPlug;

    /// <summary>A virtual function handed to the guest; managed is null when nothing was said.</summary>
    public sealed record HostdevPci(PciAddress Address, bool? Managed, ForwardDriver? Driver) : PortPlug;
}
