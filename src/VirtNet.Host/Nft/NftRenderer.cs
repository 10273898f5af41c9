using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>
/// Renders a plan as elements. A packet meets the restrictions of the network that it comes from, then those of the network
/// that it goes to; libvirt asks in the other order, by which an isolated guest can send to a routed network.
/// </summary>
internal static class NftRenderer
{
    /// <summary>Unprivileged ports: what is translated without a set of its own.</summary>
    private static readonly NatPortRange UsualPorts = new(1024, 65535);

    public static IReadOnlyList<NftElement> Render(FirewallRules rules)
    {
        FirewallPlan plan = rules.Plan;
        if (plan.Mode == ForwardMode.Open)
        {
            return [.. Said(rules)]; // it has nothing but these
        }

        List<NftElement> elements =
        [
            NftElement.Of(NftSet.Bridges, rules.Bridge),
            NftElement.Of(NftSet.Cross, rules.Bridge, rules.Bridge),
        ];
        if (plan.Ipv6)
        {
            elements.Add(NftElement.Of(NftSet.Bridges6, rules.Bridge));
        }

        foreach (FirewallSubnet subnet in plan.Mode == ForwardMode.None ? [] : plan.Subnets)
        {
            elements.AddRange(Forwarded(rules.Bridge, plan, subnet));
            if (subnet.Nat is { } nat)
            {
                elements.AddRange(Translated(rules.Bridge, plan.Device, subnet, nat));
            }
        }

        return [.. elements.Concat(Said(rules)).Distinct()];
    }

    /// <summary>What a network's extension opens.</summary>
    private static IEnumerable<NftElement> Said(FirewallRules rules) =>
        PublicationRenderer.Elements(rules).Concat(PeerRenderer.Elements(rules));

    private static IEnumerable<NftElement> Forwarded(string bridge, FirewallPlan plan, FirewallSubnet subnet)
    {
        bool device = plan.Device is not null;
        int prefix = subnet.Network.PrefixLength;
        object? address = prefix == 0 ? null : subnet.Network.BaseAddress;
        yield return NftElement.Of(NftSet.Output(subnet.IsIpv6, prefix, device), bridge, plan.Device, address);
        // Only an address that is translated hides its guests: an IPv6 one without NAT takes new connections.
        bool answersOnly = plan.Mode == ForwardMode.Nat && (subnet.Nat is not null || !subnet.IsIpv6);
        yield return NftElement.Of(NftSet.Input(subnet.IsIpv6, prefix, device, answersOnly), bridge, plan.Device, address);
    }

    private static IEnumerable<NftElement> Translated(string bridge, string? device, FirewallSubnet subnet, FirewallNat nat)
    {
        bool ipv6 = subnet.IsIpv6;
        int prefix = subnet.Network.PrefixLength;
        object? address = prefix == 0 ? null : subnet.Network.BaseAddress;
        yield return NftElement.Of(NftSet.Same(ipv6, prefix), bridge, address, address);
        yield return NftElement.Of(NftSet.HostSame(ipv6, prefix), subnet.HostAddress, address);
        yield return NftElement.Of(NftSet.Nat(ipv6, prefix, device is not null), bridge, device, address);
        yield return NftElement.Of(NftSet.Host(ipv6, device is not null), subnet.HostAddress, device);
        if (nat.Addresses is not null && !ipv6)
        {
            foreach (bool any in (bool[])[false, true])
            {
                yield return NftElement.Of(NftSet.Snat(host: false, any), bridge).To(nat, withPorts: !any);
                yield return NftElement.Of(NftSet.Snat(host: true, any), subnet.HostAddress).To(nat, withPorts: !any);
            }
        }
        else if (nat.Ports != UsualPorts)
        {
            yield return NftElement.Of(NftSet.Ports(nat.Ports.Start, nat.Ports.End), bridge);
            yield return NftElement.Of(NftSet.HostPorts(ipv6, nat.Ports.Start, nat.Ports.End), subnet.HostAddress);
        }
    }
}
