using System.Text;

namespace VirtNet.Host.Nft;

/// <summary>
/// Chains of single networks, asked before the rules of all: where hook scripts let something through to guests. Virtnet makes
/// and removes them, and touches no rule in them.
/// </summary>
internal static class HookPlaces
{
    private static readonly string[] Maps = [NftNames.GuestOutput, NftNames.GuestInput];

    /// <summary>Makes them where they are not there.</summary>
    public static string Add(string bridge) => string.Concat(Maps.Select(map =>
        $"add chain {NftNames.Table} {NftNames.ChainOf(map, bridge)}\n"
        + $"add element {NftNames.Table} {map} {{ {Element(map, bridge)} }}\n"));

    /// <param name="sets">Maps that the table has: earlier versions had more.</param>
    public static string Remove(string bridge, IEnumerable<string> sets)
    {
        // Deleting what is absent would fail the transaction; added first, it is never absent.
        string[] maps = [.. NftNames.BridgeMaps.Where(map => Maps.Contains(map) || sets.Contains(map))];
        StringBuilder text = new();
        foreach (string map in maps)
        {
            text.Append($"add chain {NftNames.Table} {NftNames.ChainOf(map, bridge)}\n");
            text.Append($"add element {NftNames.Table} {map} {{ {Element(map, bridge)} }}\n");
            text.Append($"delete element {NftNames.Table} {map} {{ {NftNames.Quoted(bridge)} }}\n");
        }

        foreach (string map in maps)
        {
            text.Append($"flush chain {NftNames.Table} {NftNames.ChainOf(map, bridge)}\n");
            text.Append($"delete chain {NftNames.Table} {NftNames.ChainOf(map, bridge)}\n");
        }

        return text.ToString();
    }

    /// <summary>The elements by which the chains are asked, but for their values.</summary>
    public static IEnumerable<NftElement> Of(string bridge) => Maps.Select(map => NftElement.Of(map, bridge));

    private static string Element(string map, string bridge) => $"{NftNames.Quoted(bridge)} : jump {NftNames.ChainOf(map, bridge)}";
}
