using System.IO.Hashing;
using System.Text;

namespace VirtNet.Host.Nft;

/// <summary>
/// The part of virtnet's table that all networks share: sets, base chains and rules. It grows with the kinds of subnets that
/// are in use (prefix lengths, port ranges), not with the networks. Each rule bears a comment that follows from its text.
/// </summary>
internal sealed class NftSkeleton
{
    /// <summary>Sets that are always there.</summary>
    public static readonly IReadOnlyCollection<string> Constant =
        [NftSet.Bridges, NftSet.Bridges6, NftSet.Cross, NftNames.GuestOutput, NftNames.GuestInput];

    private static readonly NftRule[] ConstantRules =
    [
        new(NftNames.GuestOutput, 80, "meta nfproto ipv4 counter reject with icmp port-unreachable"),
        new(NftNames.GuestInput, 80, "meta nfproto ipv4 counter reject with icmp port-unreachable"),
        new(NftNames.Translate, 0, "ip daddr { 224.0.0.0/24, 255.255.255.255 } return"),
        new(NftNames.Translate, 1, "ip6 daddr ff02::/16 return"),
        new(NftNames.Translate, 90, "meta l4proto tcp counter masquerade to :1024-65535"),
        new(NftNames.Translate, 91, "meta l4proto udp counter masquerade to :1024-65535"),
        new(NftNames.Translate, 92, "counter masquerade"),
    ];

    private readonly SortedDictionary<string, NftSet> _sets = new(StringComparer.Ordinal);

    /// <param name="sets">Names of sets that are in use; what is no set of virtnet's is left out.</param>
    public NftSkeleton(IEnumerable<string> sets)
    {
        foreach (string name in sets.Concat(Constant))
        {
            if (NftSet.Named(name) is { } set)
            {
                _sets[name] = set;
            }
        }

        Comments = NftNames.Chains.ToDictionary(
            chain => chain, IReadOnlyList<string> (chain) => [.. RulesOf(chain).Select(Comment)]);
    }

    /// <summary>For each chain the comments of its rules, in their order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Comments { get; }

    /// <summary>Whether it is made for exactly these sets (and the constant ones).</summary>
    public bool Covers(IReadOnlyCollection<string> sets) =>
        sets.All(_sets.ContainsKey) && _sets.Keys.All(set => sets.Contains(set) || Constant.Contains(set));

    /// <summary>The text of one transaction that makes the skeleton as it must be, whatever someone did to it. Elements stay.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append("add table ").Append(NftNames.Table).Append('\n');
        foreach (NftSet set in _sets.Values)
        {
            text.Append(set.Command).Append('\n');
        }

        foreach (string chain in NftNames.Chains)
        {
            string kind = chain switch
            {
                NftNames.Forward => " { type filter hook forward priority 0; policy accept; }",
                NftNames.GuestNat => " { type nat hook postrouting priority 100; policy accept; }",
                _ => "",
            };
            text.Append($"add chain {NftNames.Table} {chain}{kind}\nflush chain {NftNames.Table} {chain}\n");
        }

        foreach (NftRule rule in NftNames.Chains.SelectMany(RulesOf))
        {
            text.Append($"add rule {NftNames.Table} {rule.Chain} {rule.Text} comment \"{Comment(rule)}\"\n");
        }

        return text.ToString();
    }

    private IEnumerable<NftRule> RulesOf(string chain) => _sets.Values.SelectMany(set => set.Rules).Concat(ConstantRules)
        .Where(rule => rule.Chain == chain).OrderBy(rule => rule.Rank); // a stable sort

    private static string Comment(NftRule rule) =>
        $"virtnet {Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{rule.Chain} {rule.Text}")).AsSpan(0, 4))}";
}
