using System.Net;
using VirtNet.Model;

namespace VirtNet.Host.Firewall;

/// <summary>From a definition to what its guests may do. Pure.</summary>
public static class FirewallPlanner
{
    /// <summary>Unprivileged ports only: a service outside must not take a guest for a privileged process of the host.</summary>
    private static readonly NatPortRange DefaultPorts = new(1024, 65535);

    /// <returns>Null for modes without rules: open, and all that do not own their bridge.</returns>
    /// <exception cref="VirtNetException">An invalid NAT port range, or a subnet without a valid prefix.</exception>
    public static FirewallPlan? PlanFor(NetworkDefinition network)
    {
        ForwardMode mode = network.Forward.Mode;
        if (mode is not (ForwardMode.None or ForwardMode.Nat or ForwardMode.Route))
        {
            return null;
        }

        return new FirewallPlan(
            mode,
            Ipv6: network.GuestIpv6 || network.Ips.Any(ip => ip.IsIpv6),
            Device: mode == ForwardMode.None ? null : network.Forward.Device,
            // Without forwarding libvirt notices a bad netmask only when it assigns the address, and says so then.
            Subnets: network.Ips
                .Where(ip => mode != ForwardMode.None || ip.Network is not null)
                .Select(ip => SubnetFor(network, ip))
                .ToValueList(),
            // Only the first address that serves boot files or DHCP counts, as only one may serve DHCP.
            Tftp: network.Ips.FirstOrDefault(ip => !ip.IsIpv6 && (ip.HasDhcp || ip.TftpRoot is not null))?.TftpRoot is not null,
            DhcpChecksums: network.Ips.Any(ip => !ip.IsIpv6 && ip.HasDhcp));
    }

    /// <summary>For a network that has no rules of its own kind but publishes something.</summary>
    /// <returns>Null where it does not own its bridge.</returns>
    public static FirewallRules? OpenRulesFor(NetworkDefinition network)
    {
        if (network is not { Forward.Mode: ForwardMode.Open, BridgeName: { } bridge })
        {
            return null;
        }

        InterfaceNames.ThrowIfUnsafe(bridge);
        FirewallPlan plan = new(
            ForwardMode.Open, Ipv6: network.Ips.Any(ip => ip.IsIpv6), Device: null,
            network.Ips.Where(ip => ip.Network is not null).Select(ip => new FirewallSubnet(ip.Network!.Value, ip.Address, Nat: null)).ToValueList(),
            Tftp: false, DhcpChecksums: false);
        return new FirewallRules(network.Uuid ?? Guid.Empty, network.Name, bridge, plan);
    }

    /// <summary>As <see cref="PlanFor"/>, with the identity that a backend needs.</summary>
    /// <exception cref="VirtNetException">As there; also a name that the firewall's tools cannot be given.</exception>
    public static FirewallRules? RulesFor(NetworkDefinition network)
    {
        if (PlanFor(network) is not { } plan)
        {
            return null;
        }

        string bridge = network.BridgeName
            ?? throw VirtNetException.Internal($"network '{network.Name}' has no bridge to filter");
        InterfaceNames.ThrowIfUnsafe(bridge);
        if (plan.Device is { } device)
        {
            InterfaceNames.ThrowIfUnsafe(device);
            InterfaceNames.ThrowIfTooLong(device);
        }

        return new FirewallRules(network.Uuid ?? Guid.Empty, network.Name, bridge, plan);
    }

    private static FirewallSubnet SubnetFor(NetworkDefinition network, IpDefinition ip)
    {
        IPNetwork subnet = ip.Network
            ?? throw Error($"Invalid prefix or netmask for '{network.BridgeName}'");
        return new FirewallSubnet(subnet, ip.Address, NatFor(network.Forward, ip));
    }

    private static FirewallNat? NatFor(Forward forward, IpDefinition ip)
    {
        if (!forward.Translates(ip))
        {
            return null;
        }

        NatPortRange ports = forward.Nat?.Ports is { } given and not { Start: 0, End: 0 } ? given : DefaultPorts;
        if (ports.Start >= ports.End)
        {
            throw Error($"Invalid port range '{ports.Start}-{ports.End}'.");
        }

        // libvirt applies an address range to IPv4 only, although the definition may hold IPv6 subnets as well.
        return new FirewallNat(ip.IsIpv6 ? null : forward.Nat?.Addresses, ports);
    }

    /// <summary>libvirt reports these without a domain.</summary>
    private static VirtNetException Error(string detail) =>
        new(VirErrorCode.InternalError, $"internal error: {detail}", VirErrorDomain.None);
}
