namespace VirtNet.Model.Ports;

/// <summary>
/// Decides what a guest's new port gets from a running network: what it inherits, what it is plugged into, which
/// guarantee it has. Pure: the caller checks that the network is active, and stores the port.
/// </summary>
public static class NetworkPortAllocator
{
    /// <param name="live">The running network's definition; with a <c>&lt;pf&gt;</c>, the functions found on it included.</param>
    /// <param name="existing">All ports that the network has now.</param>
    /// <param name="request">The port as the client describes it.</param>
    /// <param name="reclaim">The port exists already (the client remembers its plug) and is only made known again.</param>
    /// <param name="newGuid">Where a made-up instance or interface id comes from.</param>
    public static NetworkPort Allocate(
        NetworkDefinition live,
        IReadOnlyCollection<NetworkPort> existing,
        NetworkPort request,
        bool reclaim,
        Func<Guid>? newGuid = null)
    {
        bool hasPlug = request.Plug is not PortPlug.None;
        if (hasPlug != reclaim)
        {
            throw VirtNetException.InvalidArgument(
                reclaim
                    ? "Port reclaim requested but plug type is none"
                    : "Port reclaim not requested but plug type is not none");
        }

        NetworkPort port = reclaim
            ? Reclaim(live, existing, request)
            : Plug(live, existing, Inherit(live, request), newGuid ?? Guid.NewGuid);
        return existing.Any(other => other.Uuid == port.Uuid) ? throw VirtNetException.PortExists(port.Uuid) : port;
    }

    /// <summary>What the port does not say itself, its portgroup says, then the network.</summary>
    private static NetworkPort Inherit(NetworkDefinition live, NetworkPort port)
    {
        PortGroup? group = live.PortGroups.FirstOrDefault(
            candidate => port.Group is null ? candidate.IsDefault : candidate.Name == port.Group);
        return port with
        {
            Bandwidth = port.Bandwidth ?? group?.Bandwidth,
            Vlan = port.Vlan ?? group?.Vlan ?? live.Vlan,
            TrustGuestRxFilters = port.TrustGuestRxFilters ?? group?.TrustGuestRxFilters ?? live.TrustGuestRxFilters,
            Isolated = port.Isolated ?? live.PortIsolated,
            VirtualPort = VirtualPortMerge.Merge(port.VirtualPort, live.VirtualPort, group?.VirtualPort) ?? port.VirtualPort,
        };
    }

    private static NetworkPort Plug(
        NetworkDefinition live, IReadOnlyCollection<NetworkPort> existing, NetworkPort port, Func<Guid> newGuid)
    {
        port = port with { Plug = ChoosePlug(live, new PortDevicePool(live, existing), port.VirtualPort) };
        PortFloors.Check(live, existing, port);
        if (PortFloors.Of(port) > 0)
        {
            port = port with { Bandwidth = port.Bandwidth! with { ClassId = PortFloors.NextClassId(existing) } };
        }

        return port with { VirtualPort = VirtualPortRules.Complete(port.VirtualPort, newGuid) };
    }

    private static PortPlug ChoosePlug(NetworkDefinition live, PortDevicePool pool, VirtualPort? virtualPort)
    {
        Forward forward = live.Forward;
        switch (forward.Mode)
        {
            case ForwardMode.None or ForwardMode.Nat or ForwardMode.Route or ForwardMode.Open:
                Fit(live, virtualPort, "uses IP forwarding");
                return new PortPlug.Network(live.BridgeName ?? "", live.Bridge?.MacTableManager);

            case ForwardMode.Bridge when live.BridgeName is { } bridge:
                Fit(live, virtualPort, "uses a bridge device", VirtualPortType.OpenVSwitch);
                return new PortPlug.HostBridge(bridge, live.Bridge?.MacTableManager);

            case ForwardMode.Hostdev:
                PciAddress address = pool.TakeAddress();
                Fit(
                    live,
                    virtualPort,
                    "uses an SR-IOV Virtual Function via PCI passthrough",
                    VirtualPortType.Vepa8021Qbg,
                    VirtualPortType.VnLink8021Qbh);
                return new PortPlug.HostdevPci(address, forward.Managed, forward.Driver);

            default:
                Fit(
                    live,
                    virtualPort,
                    "uses a macvtap device",
                    VirtualPortType.Vepa8021Qbg,
                    VirtualPortType.VnLink8021Qbh);
                return new PortPlug.Direct(pool.TakeInterface(virtualPort), forward.Mode);
        }
    }

    private static void Fit(
        NetworkDefinition live, VirtualPort? virtualPort, string because, params ReadOnlySpan<VirtualPortType> allowed)
    {
        if (virtualPort is not null && !(virtualPort.Type is { } type && allowed.Contains(type)))
        {
            throw VirtNetException.ConfigUnsupported(
                $"<virtualport type='{VirtualPortRules.NameOf(virtualPort.Type)}'> not supported for network "
                + $"'{live.Name}' which {because}");
        }
    }

    /// <summary>A port that a client remembers is taken as it is, if its place is still there.</summary>
    private static NetworkPort Reclaim(
        NetworkDefinition live, IReadOnlyCollection<NetworkPort> existing, NetworkPort port)
    {
        PortDevicePool pool = new(live, existing);
        switch (port.Plug)
        {
            case PortPlug.Network or PortPlug.HostBridge when live.BridgeName is null:
                throw VirtNetException.Internal("Unexpectedly got a network port without a network bridge");

            case PortPlug.Direct direct:
                pool.ReclaimInterface(port, direct.Device);
                break;

            case PortPlug.HostdevPci hostdev:
                pool.ReclaimAddress(hostdev.Address);
                break;
        }

        return port;
    }
}
