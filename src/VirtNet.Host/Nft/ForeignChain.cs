using System.Text.Json;

namespace VirtNet.Host.Nft;

/// <summary>A chain of somebody else's. Hook and policy are empty for one that is only jumped to.</summary>
internal sealed record ForeignChain(string Family, string Table, string Name, string Hook, string Policy)
{
    /// <summary>All chains of the host but those of virtnet's table, from <c>nft -j list chains</c>.</summary>
    public static ForeignChain[] Parse(JsonElement listing) =>
    [
        .. listing.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("chain", out _))
            .Select(item => item.GetProperty("chain"))
            .Select(chain => new ForeignChain(
                Text(chain, "family"), Text(chain, "table"), Text(chain, "name"), Text(chain, "hook"), Text(chain, "policy")))
            .Where(chain => $"{chain.Family} {chain.Table}" != NftNames.Table),
    ];

    public override string ToString() => $"{Family} {Table} {Name}";

    private static string Text(JsonElement item, string property) =>
        item.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() ?? "" : "";
}
