using VirtNet.Host.Nft;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// Rules in virtnet's own table that virtnet did not make. Its chains are where hook scripts let something through, so they stay;
/// one that drops what guests need is said.
/// </summary>
internal static class Strays
{
    public static RuleTable Of(RuleTable own) => own with
    {
        Chains = own.Chains.Values
            .Where(chain => NftNames.BridgeMaps.Any(map => chain.Name.StartsWith(map + "_", StringComparison.Ordinal)))
            .Where(chain => chain.Rules.Count > 0)
            .Select(chain => chain with { Place = new HookPlace("forward", DropsByDefault: false, []) })
            .ToDictionary(chain => chain.Name),
    };
}
