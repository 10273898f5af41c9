using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Iptables;

/// <summary>
/// Renders a plan as libvirt does: rule for rule, in the order in which each is inserted at the head of its chain. What is
/// inserted last is asked first.
/// </summary>
internal static class IptablesRenderer
{
    /// <summary>Asks the kernel to complete the checksums of DHCP replies; not every kernel can.</summary>
    public static IptablesRule? Checksum(FirewallRules rules) => rules.Plan.DhcpChecksums
        ? new(IptablesChains.Mangle, IptablesChains.Postrouting, $"-o {rules.Bridge} -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill")
        : null;

    public static IEnumerable<IptablesRule> Render(FirewallRules rules, IptablesFamily family)
    {
        FirewallPlan plan = rules.Plan;
        if ((family.IsIpv6 && !plan.Ipv6) || plan.Mode == ForwardMode.Open)
        {
            return [];
        }

        IEnumerable<IptablesRule> shared = family.IsIpv6
            ? Catch(rules.Bridge, family).Concat(plan.HasIpv6Address ? Ipv6Services(rules.Bridge) : [])
            : Ipv4Services(rules.Bridge, plan.Tftp).Concat(Catch(rules.Bridge, family));
        IEnumerable<FirewallSubnet> forwarded = plan.Mode == ForwardMode.None ? [] : plan.Subnets;
        return shared.Concat(forwarded.Where(subnet => subnet.IsIpv6 == family.IsIpv6)
            .SelectMany(subnet => Forwarded(rules.Bridge, plan, subnet)));
    }

    private static IEnumerable<IptablesRule> Ipv4Services(string bridge, bool tftp) =>
    [
        FromGuests(bridge, "tcp", 67), FromGuests(bridge, "udp", 67), ToGuests(bridge, "tcp", 68), ToGuests(bridge, "udp", 68),
        .. Dns(bridge),
        .. tftp ? [FromGuests(bridge, "udp", 69), ToGuests(bridge, "udp", 69)] : (IptablesRule[])[],
    ];

    private static IEnumerable<IptablesRule> Ipv6Services(string bridge) =>
        [.. Dns(bridge), FromGuests(bridge, "udp", 547), ToGuests(bridge, "udp", 546)];

    private static IptablesRule[] Dns(string bridge) =>
    [
        FromGuests(bridge, "tcp", 53), FromGuests(bridge, "udp", 53), ToGuests(bridge, "tcp", 53), ToGuests(bridge, "udp", 53),
    ];

    private static IptablesRule FromGuests(string bridge, string protocol, int port) =>
        Filter(IptablesChains.Input, $"-i {bridge} -p {protocol} -m {protocol} --dport {port} -j ACCEPT");

    private static IptablesRule ToGuests(string bridge, string protocol, int port) =>
        Filter(IptablesChains.Output, $"-o {bridge} -p {protocol} -m {protocol} --dport {port} -j ACCEPT");

    /// <summary>What no other rule accepts is refused, but for traffic inside the network.</summary>
    private static IEnumerable<IptablesRule> Catch(string bridge, IptablesFamily family) =>
    [
        Filter(IptablesChains.ForwardOut, $"-i {bridge} -j {family.Reject}"),
        Filter(IptablesChains.ForwardIn, $"-o {bridge} -j {family.Reject}"),
        Filter(IptablesChains.ForwardCross, $"-i {bridge} -o {bridge} -j ACCEPT"),
    ];

    private static IEnumerable<IptablesRule> Forwarded(string bridge, FirewallPlan plan, FirewallSubnet subnet)
    {
        string outTo = plan.Device is null ? "" : $" -o {plan.Device}";
        string inFrom = plan.Device is null ? "" : $"-i {plan.Device} ";
        string state = plan.Mode == ForwardMode.Nat && (subnet.Nat is not null || !subnet.IsIpv6)
            ? "-m conntrack --ctstate RELATED,ESTABLISHED " : "";
        yield return Filter(IptablesChains.ForwardOut, $"-s {subnet.Network} -i {bridge}{outTo} -j ACCEPT");
        yield return Filter(IptablesChains.ForwardIn, $"-d {subnet.Network} {inFrom}-o {bridge} {state}-j ACCEPT");
        if (subnet.Nat is { } nat)
        {
            string ports = $"{nat.Ports.Start}-{nat.Ports.End}";
            string target = "MASQUERADE";
            string withPorts = $"MASQUERADE --to-ports {ports}";
            if (nat.Addresses is { } range)
            {
                target = $"SNAT --to-source {range.Start}" + (range.Start.Equals(range.End) ? "" : $"-{range.End}");
                withPorts = $"{target}:{ports}";
            }

            string outside = $"-s {subnet.Network} ! -d {subnet.Network}{outTo}";
            yield return Translate($"{outside} -j {target}");
            yield return Translate($"{outside} -p udp -j {withPorts}");
            yield return Translate($"{outside} -p tcp -j {withPorts}");
            if (!subnet.IsIpv6)
            {
                yield return Translate($"-s {subnet.Network} -d 255.255.255.255/32{outTo} -j RETURN");
            }

            yield return Translate($"-s {subnet.Network} -d {(subnet.IsIpv6 ? "ff02::/16" : "224.0.0.0/24")}{outTo} -j RETURN");
        }
    }

    private static IptablesRule Filter(string chain, string words) => new(IptablesChains.Filter, chain, words);

    private static IptablesRule Translate(string words) => new(IptablesChains.Nat, IptablesChains.Postrouting, words);
}
