using System.Text.RegularExpressions;
using VirtNet.Model;

namespace VirtNet.Host.Neighbours;

/// <summary>The links of chains that belong to links: older versions of nftables do not say them in JSON.</summary>
internal static partial class NftDevices
{
    public static bool AreMissing(RuleTable table) => table.Chains.Values.Any(IsMissing);

    /// <param name="words">The table as nftables prints it for people.</param>
    public static Func<RuleTable, RuleTable> Complete(string words)
    {
        Dictionary<string, ValueList<string>> devices = [];
        foreach (System.Text.RegularExpressions.Match chain in Chain().Matches(words))
        {
            devices[chain.Groups["name"].Value] =
                chain.Groups["devices"].Value.Split([' ', ',', '"'], StringSplitOptions.RemoveEmptyEntries).ToValueList();
        }

        return table => table with
        {
            Chains = table.Chains.Values
                .Select(chain => IsMissing(chain) && devices.TryGetValue(chain.Name, out ValueList<string>? of)
                    ? chain with { Place = chain.Place! with { Devices = of } } : chain)
                .ToDictionary(chain => chain.Name),
        };
    }

    private static bool IsMissing(RuleChain chain) => chain.Place is { Hook: "ingress" or "egress", Devices.Count: 0 };

    [GeneratedRegex(@"chain (?<name>\S+) \{\s+type \S+ hook (ingress|egress) devices? (= \{ )?(?<devices>[^;}]*?) \}? ?priority")]
    private static partial Regex Chain();
}
