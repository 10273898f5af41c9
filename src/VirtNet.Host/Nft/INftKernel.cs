namespace VirtNet.Host.Nft;

/// <summary>virtnet's table in the kernel, asked for and changed element by element.</summary>
internal interface INftKernel
{
    /// <summary>The table as it is, without its elements; null where there is none.</summary>
    /// <param name="chains">Whose rules are wanted: asking for all costs what all publications have; null = of all.</param>
    NftTableState? ReadTable(IReadOnlyCollection<string>? chains = null);

    /// <summary>Names of all sets and maps of the table.</summary>
    IReadOnlyList<string> ListSets();

    /// <summary>All elements of a set or map.</summary>
    IReadOnlyList<NftElement> List(string set);

    /// <summary>
    /// Those of these that are there, by key, with the values that they have; a chain is none. What set they are in must not
    /// matter.
    /// </summary>
    IReadOnlyList<NftElement> Find(IReadOnlyCollection<NftElement> elements);

    /// <summary>How many packets found each of these that is there and counts them.</summary>
    IReadOnlyDictionary<NftElement, ulong> Count(IReadOnlyCollection<NftElement> elements);

    /// <summary>Removes and adds elements in one transaction.</summary>
    /// <exception cref="HostCommandException">Refused; nothing was changed.</exception>
    void Change(IReadOnlyCollection<NftElement> removed, IReadOnlyCollection<NftElement> added);
}

/// <summary>The shared part of virtnet's table in the kernel.</summary>
/// <param name="Dormant">Whether somebody put it to sleep.</param>
/// <param name="Hooks">For each base chain the hook, the priority and the policy.</param>
/// <param name="Comments">For each chain the comments of its rules, in their order; empty for a rule without.</param>
internal sealed record NftTableState(
    bool Dormant, IReadOnlyDictionary<string, NftHook> Hooks, IReadOnlyDictionary<string, IReadOnlyList<string>> Comments)
{
    /// <summary>Whether it is awake, attached, and holds the rules of this skeleton, all in their places, and no others.</summary>
    public bool Is(NftSkeleton skeleton) =>
        !Dormant
        && skeleton.Hooks.All(hook => Hooks.GetValueOrDefault(hook.Key) == hook.Value)
        && skeleton.Comments.All(chain => (Comments.GetValueOrDefault(chain.Key) ?? []).SequenceEqual(chain.Value));

    /// <summary>Chains of this skeleton with rules that are not virtnet's.</summary>
    public IEnumerable<string> Shared(NftSkeleton skeleton) => skeleton.Comments.Keys.Where(
        chain => (Comments.GetValueOrDefault(chain) ?? []).Any(comment => !NftSkeleton.IsOurs(comment)));

    /// <summary>Whether a chain of a publication is there and whole.</summary>
    public bool Has(PublishedChain chain) =>
        (Comments.GetValueOrDefault(chain.Name) ?? []).SequenceEqual(chain.All.Select(NftSkeleton.Comment));
}

/// <summary>Where a base chain is attached.</summary>
/// <param name="Number">Of the hook (linux/netfilter.h): 0 prerouting, 2 forward, 3 output, 4 postrouting.</param>
internal sealed record NftHook(int Number, int Priority, bool Accepts)
{
    private static readonly string[] Names = ["prerouting", "input", "forward", "output", "postrouting"];

    /// <summary>As <c>nft</c> writes it.</summary>
    /// <param name="type">nat or filter.</param>
    public string Declaration(string type) => $"{{ type {type} hook {Names[Number]} priority {Priority}; policy accept; }}";
}
