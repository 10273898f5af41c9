using System.Collections.Immutable;
using VirtNet.Host.Netlink;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// Who last changed which table of others, as far as the kernel tells: at the end of a transaction, and of the older tables never.
/// </summary>
internal sealed class RuleAuthors
{
    /// <summary>Nobody is known to have changed anything.</summary>
    public static readonly RuleAuthors Nobody = new([]);

    /// <summary>Of more, all are forgotten: a host with so many makes and removes them all the time.</summary>
    private const int MostTables = 1000;

    private readonly ImmutableDictionary<TableName, Culprit> _authors;

    private RuleAuthors(ImmutableDictionary<TableName, Culprit> authors) => _authors = authors;

    /// <param name="tables">What a transaction was about.</param>
    public RuleAuthors With(IReadOnlyCollection<TableName> tables, Culprit author) => new(
        (_authors.Count + tables.Count > MostTables ? [] : _authors)
            .SetItems(tables.Take(MostTables).Select(table => KeyValuePair.Create(table, author))));

    public Culprit? Of(RuleTable table) => table.Keeper == RuleKeeper.IptablesLegacy ? null
        : _authors.GetValueOrDefault(new TableName(FamilyOf(table), table.Name));

    /// <summary>NFPROTO_* in linux/netfilter.h.</summary>
    private static byte FamilyOf(RuleTable table) => table.Family switch
    {
        "inet" => NftTable.Inet,
        "ip" => 2,
        "arp" => 3,
        "netdev" => 5,
        "bridge" => NftTable.Bridge,
        "ip6" => 10,
        _ => 0,
    };
}

/// <summary>A table of nftables, by the number of its family.</summary>
internal readonly record struct TableName(byte Family, string Name);
