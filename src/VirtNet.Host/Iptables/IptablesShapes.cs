using System.Text.RegularExpressions;

namespace VirtNet.Host.Iptables;

/// <summary>
/// Recognises rules that this backend may have made for a bridge. iptables has no place for a tag that would leave the rules
/// equal to libvirt's; what an administrator added to these chains has another shape, and stays.
/// </summary>
internal static partial class IptablesShapes
{
    /// <summary>The bridge that a rule is about, or null: not of our shape, or a translation (which names no bridge).</summary>
    public static string? BridgeOf(IptablesRule rule)
    {
        Match match = (rule.Table, rule.Chain) switch
        {
            (IptablesChains.Filter, IptablesChains.Input) => Input().Match(rule.Words),
            (IptablesChains.Filter, IptablesChains.Output) => Output().Match(rule.Words),
            (IptablesChains.Filter, IptablesChains.ForwardCross) => Cross().Match(rule.Words),
            (IptablesChains.Filter, IptablesChains.ForwardIn) => ForwardIn().Match(rule.Words),
            (IptablesChains.Filter, IptablesChains.ForwardOut) => ForwardOut().Match(rule.Words),
            (IptablesChains.Mangle, _) => Checksum().Match(rule.Words),
            _ => Match.Empty,
        };
        return match.Success ? match.Groups["bridge"].Value : null;
    }

    /// <summary>The subnet that a rule is about, or null.</summary>
    public static string? SubnetOf(IptablesRule rule)
    {
        Match match = (rule.Table, rule.Chain) switch
        {
            (IptablesChains.Filter, IptablesChains.ForwardIn) => ForwardIn().Match(rule.Words),
            (IptablesChains.Filter, IptablesChains.ForwardOut) => ForwardOut().Match(rule.Words),
            (IptablesChains.Nat, _) => Translation().Match(rule.Words),
            _ => Match.Empty,
        };
        return match.Groups["subnet"] is { Success: true } subnet ? subnet.Value : null;
    }

    /// <summary>Rules about these bridges, and translations of the subnets that are (or were) behind them.</summary>
    public static IEnumerable<IptablesRule> About(
        this IptablesState state, Func<string, bool> bridges, IReadOnlySet<string> subnets)
    {
        IptablesRule[] all = state.LibvirtRules().ToArray();
        HashSet<IptablesRule> named = all.Where(rule => BridgeOf(rule) is { } bridge && bridges(bridge)
            && SubnetOf(rule) is var subnet && (subnet is null || subnets.Contains(subnet) || !IsSingleAddress(subnet))).ToHashSet();
        HashSet<string> behind = [.. named.Select(SubnetOf).OfType<string>(), .. subnets];
        return all.Where(rule => named.Contains(rule)
            || (rule.Table == IptablesChains.Nat && SubnetOf(rule) is { } subnet && behind.Contains(subnet)));
    }

    /// <summary>Letting one guest be reached is what administrators add; a network of one address is rare.</summary>
    private static bool IsSingleAddress(string subnet) =>
        subnet.EndsWith(subnet.Contains(':') ? "/128" : "/32", StringComparison.Ordinal);

    [GeneratedRegex(@"^-i (?<bridge>\S+) -p (tcp|udp) -m \1 --dport (53|67|69|547) -j ACCEPT$")]
    private static partial Regex Input();

    [GeneratedRegex(@"^-o (?<bridge>\S+) -p (tcp|udp) -m \1 --dport (53|68|69|546) -j ACCEPT$")]
    private static partial Regex Output();

    [GeneratedRegex(@"^-i (?<bridge>\S+) -o \k<bridge> -j ACCEPT$")]
    private static partial Regex Cross();

    [GeneratedRegex(@"^(-d (?<subnet>\S+) (-i \S+ )?-o (?<bridge>\S+) (-m conntrack --ctstate RELATED,ESTABLISHED )?-j ACCEPT|-o (?<bridge>\S+) -j REJECT --reject-with icmp6?-port-unreachable)$")]
    private static partial Regex ForwardIn();

    [GeneratedRegex(@"^(-s (?<subnet>\S+) -i (?<bridge>\S+) (-o \S+ )?-j ACCEPT|-i (?<bridge>\S+) -j REJECT --reject-with icmp6?-port-unreachable)$")]
    private static partial Regex ForwardOut();

    [GeneratedRegex(@"^-s (?<subnet>\S+) (! )?-d \S+ (-o \S+ )?(-p (tcp|udp) )?-j (RETURN|MASQUERADE|SNAT)( --to-(ports|source) \S+)?$")]
    private static partial Regex Translation();

    [GeneratedRegex(@"^-o (?<bridge>\S+) -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill$")]
    private static partial Regex Checksum();
}
