using VirtNet.Model.Xml;

namespace VirtNet.Model.Ports;

/// <summary>
/// Who uses what, counted from the ports themselves. Live XML shows the counts, and a device's count decides which
/// device the next port gets. Nothing is kept beside the ports, so that no counter can drift.
/// </summary>
public static class PortConnections
{
    /// <summary>The counts as live XML shows them.</summary>
    public static NetworkXmlOptions ShownFor(IReadOnlyCollection<NetworkPort> ports) => new()
    {
        Connections = ports.Count,
        DeviceConnections = ports.Select(port => port.Plug).OfType<PortPlug.Direct>()
            .CountBy(plug => plug.Device).ToDictionary(),
    };

    /// <summary>Ports that sit on this host interface.</summary>
    public static int OfDevice(IEnumerable<NetworkPort> ports, string device) =>
        ports.Count(port => port.Plug is PortPlug.Direct direct && direct.Device == device);

    /// <summary>Ports that own this virtual function: at most one, unless a client reclaimed it twice.</summary>
    public static int OfAddress(IEnumerable<NetworkPort> ports, PciAddress address) =>
        ports.Count(port => port.Plug is PortPlug.HostdevPci hostdev && hostdev.Address == address);
}
