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

    private const string Mark = "virtnet ";

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

    private static readonly NftRule[] PublishRules =
    [
        new(NftNames.Forward, -10, $"ct status dnat jump {NftNames.PublishForward}"),
        new(NftNames.LocalnetGuard, 0, "iifname != \"lo\" ip daddr 127.0.0.0/8 drop"),
        new(NftNames.LocalnetGuard, 1, "iifname != \"lo\" ip saddr 127.0.0.0/8 drop"),
        new(NftNames.PublishIn, 0, $"jump {NftNames.Publish}"),
        new(NftNames.PublishOut, 0, $"jump {NftNames.Publish}"),
        new(NftNames.Publish, 90, $"fib daddr type local jump {NftNames.PublishAny}"),
        new(NftNames.PublishForward, 0, "ct state established,related accept"),
    ];

    private static readonly Dictionary<string, NftHook> s_hooks = new()
    {
        [NftNames.Forward] = new NftHook(Number: 2, Priority: 0, Accepts: true),
        [NftNames.GuestNat] = new NftHook(Number: 4, Priority: 100, Accepts: true),
        [NftNames.LocalnetGuard] = new NftHook(Number: 0, Priority: -300, Accepts: true),
        [NftNames.PublishIn] = new NftHook(Number: 0, Priority: -105, Accepts: true),
        [NftNames.PublishOut] = new NftHook(Number: 3, Priority: -105, Accepts: true),
        [NftNames.WholeOut] = new NftHook(Number: 4, Priority: 95, Accepts: true),
    };

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

        Publishes = _sets.Keys.Any(PublicationSets.IsOne);
        Chains = Publishes ? [.. NftNames.Chains, .. NftNames.PublishChains] : NftNames.Chains;
        Hooks = s_hooks.Where(hook => Chains.Contains(hook.Key)).ToDictionary();
        Comments = Chains.ToDictionary(
            chain => chain, IReadOnlyList<string> (chain) => [.. RulesOf(chain).Select(Comment)]);
    }

    /// <summary>Whether it has what publications need.</summary>
    public bool Publishes { get; }

    /// <summary>Where its base chains are attached.</summary>
    public IReadOnlyDictionary<string, NftHook> Hooks { get; }

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

        foreach (string chain in Chains)
        {
            text.Append(DeclarationOf(chain)).Append($"flush chain {NftNames.Table} {chain}\n");
        }

        foreach (NftRule rule in Chains.SelectMany(RulesOf))
        {
            text.Append(CommandOf(rule));
        }

        return text.ToString();
    }

    /// <summary>The command that makes a chain; harmless where it is there.</summary>
    public static string DeclarationOf(string chain) => $"add chain {NftNames.Table} {chain}"
        + (s_hooks.TryGetValue(chain, out NftHook? hook) ? $" {hook.Declaration(chain is NftNames.Forward or NftNames.LocalnetGuard ? "filter" : "nat")}" : "") + "\n";

    /// <summary>The command that adds a rule, with its comment.</summary>
    public static string CommandOf(NftRule rule) => $"add rule {NftNames.Table} {rule.Chain} {rule.Text} comment \"{Comment(rule)}\"\n";

    private IReadOnlyList<string> Chains { get; }

    private IEnumerable<NftRule> RulesOf(string chain) => _sets.Values.SelectMany(set => set.Rules).Concat(ConstantRules)
        .Concat(Publishes ? PublishRules : [])
        .Where(rule => rule.Chain == chain).OrderBy(rule => rule.Rank); // a stable sort

    /// <summary>Whether a rule with this comment is one that virtnet made.</summary>
    public static bool IsOurs(string comment) => comment.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>By which a rule is known again: it follows from its text.</summary>
    public static string Comment(NftRule rule) =>
        $"{Mark}{Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{rule.Chain} {rule.Text}")).AsSpan(0, 4))}";
}
