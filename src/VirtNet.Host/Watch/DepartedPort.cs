using VirtNet.Host.Netlink;
using VirtNet.Host.Reconcile;

namespace VirtNet.Host.Watch;

/// <summary>A device that left a network's bridge, or was set down on it, and was not deleted since.</summary>
/// <param name="network">The network that it was on.</param>
/// <param name="port">As it was on the bridge.</param>
internal sealed class DepartedPort(Guid network, LinkMessage port)
{
    public Guid Network { get; } = network;

    public int Index { get; } = port.Index;

    public LinkMessage Port { get; set; } = port;

    /// <summary>Whether its port object was deleted: then it left as it should.</summary>
    public bool Released { get; set; }

    /// <summary>How often it may be put back: whoever takes it off may want it off.</summary>
    public RepairPace Pace { get; } = new();

    /// <summary>Where it was last said to be; null = nothing was said since it was on its bridge and up.</summary>
    public string? Said { get; set; }

    /// <summary>When to look at it; null = when something is heard of it.</summary>
    public DateTimeOffset? Due { get; set; }

    /// <summary>As it was last announced.</summary>
    public LinkMessage? Heard { get; set; }
}
