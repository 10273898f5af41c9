namespace VirtNet.Model;

/// <summary>
/// What the network driver asks of a definition on define and create, and never again: whether its parts make sense
/// together. Clashes with other networks (name, uuid, bridge) are the registry's.
/// </summary>
public static class NetworkValidator
{
    /// <summary>libvirt's limit for rates, in kilobytes a second.</summary>
    private const ulong MaxRate = 1UL << 54;

    /// <summary>In kilobytes: tc holds a burst in 32 bits of bytes.</summary>
    private const ulong MaxBurst = 4194303;

    /// <param name="isVirtualFunction">
    /// Whether the host has an SR-IOV virtual function at this address; null leaves the question to the caller.
    /// </param>
    /// <exception cref="VirtNetException">
    /// With libvirt's code and text for the first thing that does not fit.
    /// </exception>
    public static void Validate(NetworkDefinition definition, Func<PciAddress, bool>? isVirtualFunction = null)
    {
        if (definition.Name.Contains('\n', StringComparison.Ordinal))
        {
            throw VirtNetException.XmlDetail("invalid char in name: \n", VirErrorDomain.Xml);
        }

        if (!definition.OwnsBridge)
        {
            CheckNothingServed(definition);
        }

        CheckBandwidth(definition);
        CheckDevices(definition, isVirtualFunction);
        CheckDhcpOnce(definition);
        CheckPortGroups(definition);
        CheckVlan(definition);
    }

    /// <summary>A network without a bridge of its own has no address, so it serves nothing.</summary>
    private static void CheckNothingServed(NetworkDefinition definition)
    {
        string? extra = definition switch
        {
            { Mac: not null } => "mac",
            { Ips.Count: > 0 } => "ip",
            { Dns: { Txts.Count: > 0 } or { Hosts.Count: > 0 } or { Srvs.Count: > 0 } } => "dns",
            { Domain: not null } => "domain",
            _ => null,
        };
        if (extra is not null)
        {
            throw VirtNetException.ConfigUnsupported(
                $"Unsupported <{extra}> element in network {definition.Name} with forward "
                + $"mode='{definition.Forward.Mode.Name()}'");
        }
    }

    private static void CheckBandwidth(NetworkDefinition definition)
    {
        if (definition.Bandwidth is not { } bandwidth)
        {
            return;
        }

        if (!AllowsBandwidth(definition))
        {
            throw VirtNetException.ConfigUnsupported(
                $"Unsupported network-wide <bandwidth> element in network {definition.Name} "
                + $"with forward mode='{definition.Forward.Mode.Name()}'");
        }

        CheckLimits(bandwidth);
    }

    private static bool AllowsBandwidth(NetworkDefinition definition) => definition.OwnsBridge
        || definition is { Forward.Mode: ForwardMode.Bridge, BridgeName: not null };

    private static void CheckLimits(Bandwidth bandwidth)
    {
        foreach (BandwidthLimit? limit in (ReadOnlySpan<BandwidthLimit?>)[bandwidth.Inbound, bandwidth.Outbound])
        {
            if (limit is not null)
            {
                CheckLimit("average", limit.Average, MaxRate);
                CheckLimit("peak", limit.Peak, MaxRate);
                CheckLimit("floor", limit.Floor, MaxRate);
                CheckLimit("burst", limit.Burst, MaxBurst);
            }
        }
    }

    private static void CheckLimit(string parameter, ulong value, ulong maximum)
    {
        if (value > maximum)
        {
            throw VirtNetException.Overflow(
                $"value '{value}' is too big for '{parameter}' parameter, maximum is '{maximum}'");
        }
    }

    private static void CheckDevices(NetworkDefinition definition, Func<PciAddress, bool>? isVirtualFunction)
    {
        Forward forward = definition.Forward;
        if (forward is { Mode: ForwardMode.Hostdev, Device: { } device })
        {
            throw VirtNetException.ConfigUnsupported(
                $"hostdev network '{definition.Name}' lists '{device}' in the device pool, but hostdev "
                + "networks require all devices to be listed by PCI address, not network device name");
        }

        if (forward is { Mode: not ForwardMode.Hostdev, Addresses.Count: > 0 })
        {
            throw VirtNetException.ConfigUnsupported(
                $"network '{definition.Name}' has forward mode '{forward.Mode.Name()}' but lists a device by "
                + "PCI address in the device pool. This is only supported for networks with forward mode 'hostdev'");
        }

        foreach (PciAddress address in forward.Addresses)
        {
            if (isVirtualFunction?.Invoke(address) is false)
            {
                throw VirtNetException.ConfigUnsupported(
                    $"device '/sys/bus/pci/devices/{address}' in network '{definition.Name}' is not an SR-IOV "
                    + "Virtual Function");
            }
        }
    }

    private static void CheckDhcpOnce(NetworkDefinition definition)
    {
        bool ipv4 = false;
        bool ipv6 = false;
        foreach (IpDefinition ip in definition.Ips)
        {
            if (ip.HasDhcp && (ip.IsIpv6 ? ipv6 : ipv4))
            {
                string family = ip.IsIpv6 ? "IPv6" : "IPv4";
                throw VirtNetException.ConfigUnsupported(
                    $"Multiple {family} dhcp sections found -- dhcp is supported only for a single {family} "
                    + "address on each network");
            }

            ipv4 |= ip is { HasDhcp: true, IsIpv6: false };
            ipv6 |= ip is { HasDhcp: true, IsIpv6: true };
        }
    }

    /// <summary>
    /// Tags need a switch that knows them. A guest uses the network's own tags and virtualport unless its portgroup has
    /// some; with a default portgroup every guest has one.
    /// </summary>
    private static void CheckVlan(NetworkDefinition definition)
    {
        bool allowed = AllowsVlan(definition);
        bool refused = definition.Vlan is not null && !allowed;
        foreach (PortGroup group in definition.PortGroups)
        {
            refused &= !group.IsDefault;
        }

        foreach (PortGroup group in definition.PortGroups)
        {
            if (group.Vlan is not null || definition.Vlan is not null)
            {
                refused |= group.VirtualPort is { } port
                    ? definition.Forward.Mode is not ForwardMode.Bridge || port.Type is not VirtualPortType.OpenVSwitch
                    : !allowed;
            }
        }

        if (refused)
        {
            throw VirtNetException.ConfigUnsupported(
                $"<vlan> element specified for network {definition.Name}, whose type doesn't support vlan "
                + "configuration");
        }
    }

    private static bool AllowsVlan(NetworkDefinition definition) => definition.Forward.Mode switch
    {
        ForwardMode.Hostdev or ForwardMode.Passthrough => true,
        ForwardMode.Bridge => definition.VirtualPort is null or { Type: VirtualPortType.OpenVSwitch },
        _ => false,
    };

    private static void CheckPortGroups(NetworkDefinition definition)
    {
        Dictionary<string, int> last = [];
        for (int i = 0; i < definition.PortGroups.Count; i++)
        {
            last[definition.PortGroups[i].Name] = i;
        }

        PortGroup? first = null;
        for (int i = 0; i < definition.PortGroups.Count; i++)
        {
            PortGroup group = definition.PortGroups[i];
            if (group.IsDefault && first is not null)
            {
                throw VirtNetException.ConfigUnsupported(
                    $"network '{definition.Name}' has multiple default <portgroup> elements ({first.Name} and "
                    + $"{group.Name}), but only one default is allowed");
            }

            if (last[group.Name] > i)
            {
                throw VirtNetException.ConfigUnsupported(
                    $"multiple <portgroup> elements with the same name ({group.Name}) in network '{definition.Name}'");
            }

            first = group.IsDefault ? group : first;
            if (group.Bandwidth is not { } bandwidth)
            {
                continue;
            }

            if (!AllowsBandwidth(definition))
            {
                throw VirtNetException.ConfigUnsupported(
                    $"Unsupported <bandwidth> element in network '{definition.Name}' in portgroup '{group.Name}' "
                    + $"with forward mode='{definition.Forward.Mode.Name()}'");
            }

            CheckLimits(bandwidth);
        }
    }
}
