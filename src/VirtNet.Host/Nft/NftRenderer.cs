using System.IO.Hashing;
using System.Text;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>
/// Renders a plan. A packet meets the restrictions of the network that it comes from, then those of the network that it
/// goes to; libvirt asks in the other order, by which an isolated guest can send to a routed network.
/// </summary>
internal static class NftRenderer
{
    private const int MaxNameInTag = 48;

    public static NftNetwork Render(FirewallRules rules)
    {
        FirewallPlan plan = rules.Plan;
        string output = NftNames.ChainOf(NftNames.GuestOutput, rules.Bridge);
        string input = NftNames.ChainOf(NftNames.GuestInput, rules.Bridge);
        string nat = NftNames.ChainOf(NftNames.GuestNat, rules.Bridge);
        List<NftChain> chains =
        [
            new(output, OutputRules(rules.Bridge, plan).ToValueList()),
            new(input, InputRules(plan).ToValueList()),
        ];
        List<NftElement> elements =
        [
            new(NftNames.GuestOutput, rules.Bridge, output),
            new(NftNames.GuestInput, rules.Bridge, input),
        ];
        ValueList<NftElement> hostElements = [];
        if (plan.Subnets.Any(subnet => subnet.Nat is not null))
        {
            chains.Add(new NftChain(nat, plan.Subnets.SelectMany(subnet => NatRules(subnet, plan.Device)).ToValueList()));
            elements.Add(new NftElement(NftNames.GuestNat, rules.Bridge, nat));
            hostElements = plan.Subnets.Where(subnet => subnet.Nat is not null)
                .Select(subnet => new NftElement(
                    subnet.IsIpv6 ? NftNames.HostNat6 : NftNames.HostNat4, subnet.HostAddress.ToString(), nat))
                .Distinct().ToValueList();
        }

        ValueList<NftChain> allChains = chains.ToValueList();
        return new NftNetwork(rules.Bridge, Tag(rules, allChains), allChains, elements.ToValueList(), hostElements);
    }

    private static IEnumerable<string> OutputRules(string bridge, FirewallPlan plan)
    {
        // Guests of one network among themselves: seen here when the kernel passes bridged packets to the firewall
        // (bridge-nf-call-iptables), or when they are routed between two subnets of one bridge.
        yield return $"oifname \"{bridge}\" accept";
        if (plan.Mode != ForwardMode.None)
        {
            foreach (FirewallSubnet subnet in plan.Subnets)
            {
                yield return $"{Family(subnet)} saddr {subnet.Network}{Out(plan.Device)} return";
            }
        }

        yield return Reject(plan);
    }

    private static IEnumerable<string> InputRules(FirewallPlan plan)
    {
        if (plan.Mode != ForwardMode.None)
        {
            foreach (FirewallSubnet subnet in plan.Subnets)
            {
                string device = plan.Device is null ? "" : $" iifname \"{plan.Device}\"";
                // Only an address that is translated hides its guests: an IPv6 one without NAT takes new connections.
                string state = plan.Mode == ForwardMode.Nat && (subnet.Nat is not null || !subnet.IsIpv6)
                    ? " ct state established,related" : "";
                yield return $"{Family(subnet)} daddr {subnet.Network}{device}{state} accept";
            }
        }

        yield return Reject(plan);
    }

    private static IEnumerable<string> NatRules(FirewallSubnet subnet, string? device)
    {
        if (subnet.Nat is not { } nat)
        {
            yield break;
        }

        string family = Family(subnet);
        string source = $"{family} saddr {subnet.Network}";
        string outside = $"{source} {family} daddr != {subnet.Network}{Out(device)}";
        string ports = $":{nat.Ports.Start}-{nat.Ports.End}";
        string target = nat.Addresses switch
        {
            null => "masquerade",
            { } range when range.Start.Equals(range.End) => $"snat {family} to {range.Start}",
            { } range => $"snat {family} to {range.Start}-{range.End}",
        };
        yield return $"{source} {family} daddr {(subnet.IsIpv6 ? "ff02::/16" : "224.0.0.0/24")} return";
        if (!subnet.IsIpv6)
        {
            yield return $"{source} {family} daddr 255.255.255.255 return";
        }

        string withPorts = nat.Addresses is null ? $"{target} to {ports}" : $"{target}{ports}";
        yield return $"{outside} meta l4proto tcp counter {withPorts}";
        yield return $"{outside} meta l4proto udp counter {withPorts}";
        yield return $"{outside} counter {target}";
    }

    private static string Reject(FirewallPlan plan) => plan.Ipv6
        ? "counter reject with icmpx port-unreachable"
        : "meta nfproto ipv4 counter reject with icmp port-unreachable";

    private static string Family(FirewallSubnet subnet) => subnet.IsIpv6 ? "ip6" : "ip";

    private static string Out(string? device) => device is null ? "" : $" oifname \"{device}\"";

    private static string Tag(FirewallRules rules, ValueList<NftChain> chains)
    {
        StringBuilder all = new();
        all.Append(rules.Network).Append('\n');
        foreach (NftChain chain in chains)
        {
            all.Append(chain.Name).Append('\n').AppendJoin('\n', chain.Rules).Append('\n');
        }

        byte[] hash = XxHash128.Hash(Encoding.UTF8.GetBytes(all.ToString()));
        string name = string.Concat(rules.NetworkName.Take(MaxNameInTag)
            .Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        return $"{name} {Convert.ToHexStringLower(hash.AsSpan(0, 6))}";
    }
}
