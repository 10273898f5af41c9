namespace VirtNet.Host.Nft;

/// <summary>A table of virtnet's.</summary>
/// <param name="Family">As <c>nft</c> writes it.</param>
/// <param name="FamilyNumber">NFPROTO_* in linux/netfilter.h.</param>
/// <param name="BaseChains">Chains that may be attached to a hook.</param>
internal sealed record NftTable(string Family, byte FamilyNumber, string Name, IReadOnlyList<string> BaseChains)
{
    public const byte Inet = 1;
    public const byte Bridge = 7;

    /// <summary>The rules of all networks.</summary>
    public static readonly NftTable Networks =
        new(NftNames.Family, Inet, NftNames.TableName, [.. NftNames.Chains, .. NftNames.PublishChains]);

    public override string ToString() => $"{Family} {Name}";
}
