namespace VirtNet.Model.Xml;

/// <summary>
/// What only the XML of a running network shows; leave it all out for <c>--inactive</c> and for files.
/// </summary>
public sealed record NetworkXmlOptions
{
    public static NetworkXmlOptions Inactive { get; } = new();

    /// <summary>Ports plugged into the network; 0 is not shown.</summary>
    public int Connections { get; init; }

    /// <summary>Ports on each device of the pool, by interface name.</summary>
    public IReadOnlyDictionary<string, int>? DeviceConnections { get; init; }

    /// <summary>The virtual functions found behind <c>&lt;pf&gt;</c>, for modes that use them by name.</summary>
    public ValueList<string> VirtualFunctionInterfaces { get; init; } = [];

    /// <summary>The virtual functions found behind <c>&lt;pf&gt;</c> in mode hostdev.</summary>
    public ValueList<PciAddress> VirtualFunctionAddresses { get; init; } = [];

    internal int ConnectionsOf(string device) => DeviceConnections?.GetValueOrDefault(device) ?? 0;
}
