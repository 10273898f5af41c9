namespace VirtNet.Model.Ports;

/// <summary>The host interfaces or virtual functions that the ports of a network share out among themselves.</summary>
internal sealed class PortDevicePool(NetworkDefinition network, IReadOnlyCollection<NetworkPort> ports)
{
    private Forward Forward => network.Forward;

    /// <summary>The least used interface; where only one port may have it, the first unused one.</summary>
    public string TakeInterface(VirtualPort? virtualPort)
    {
        if (Forward.Interfaces.Count == 0 && Forward.PhysicalFunction is null)
        {
            throw VirtNetException.Internal(
                $"network '{network.Name}' uses a direct mode, but has no forward dev and no interface pool");
        }

        RequireFunctions(Forward.Interfaces.Count);
        return IsExclusive(virtualPort)
            ? Forward.Interfaces.FirstOrDefault(device => PortConnections.OfDevice(ports, device) == 0) ?? throw Exhausted()
            : Forward.Interfaces.MinBy(device => PortConnections.OfDevice(ports, device))!;
    }

    public PciAddress TakeAddress()
    {
        RequireFunctions(Forward.Addresses.Count);
        return Forward.Addresses.FirstOrDefault(address => PortConnections.OfAddress(ports, address) == 0)
            ?? throw Exhausted();
    }

    public void ReclaimInterface(NetworkPort port, string device)
    {
        RequireFunctions(Forward.Interfaces.Count);
        if (!Forward.Interfaces.Contains(device))
        {
            throw VirtNetException.Internal(
                $"network '{network.Name}' doesn't have dev='{device}' in use by network port '{port.Uuid}'");
        }

        if (IsExclusive(port.VirtualPort) && PortConnections.OfDevice(ports, device) > 0)
        {
            throw VirtNetException.Internal(
                $"network '{network.Name}' claims dev='{device}' is already in use by a different port");
        }
    }

    public void ReclaimAddress(PciAddress address)
    {
        RequireFunctions(Forward.Addresses.Count);
        if (!Forward.Addresses.Contains(address))
        {
            throw VirtNetException.Internal(
                $"network '{network.Name}' doesn't have PCI device {address} in use by network port");
        }

        if (Forward.Mode == ForwardMode.Hostdev && PortConnections.OfAddress(ports, address) > 0)
        {
            throw VirtNetException.Internal(
                $"network '{network.Name}' claims the PCI device at domain={address.Domain} bus={address.Bus} "
                + $"slot={address.Slot} function={address.Function} is already in use by a different network port");
        }
    }

    /// <summary>Passthrough, and private with 802.1Qbh, give a device to one port only.</summary>
    private bool IsExclusive(VirtualPort? virtualPort) =>
        Forward.Mode == ForwardMode.Passthrough
        || (Forward.Mode == ForwardMode.Private && virtualPort?.Type == VirtualPortType.VnLink8021Qbh);

    /// <summary>The functions of a <c>&lt;pf&gt;</c> are listed by the host when the network starts.</summary>
    private void RequireFunctions(int found)
    {
        if (Forward.PhysicalFunction is { } physicalFunction && found == 0)
        {
            throw VirtNetException.Internal($"No usable Vf's present on SRIOV PF {physicalFunction}");
        }
    }

    private VirtNetException Exhausted() => VirtNetException.Internal(
        $"network '{network.Name}' requires exclusive access to interfaces, but none are available");
}
