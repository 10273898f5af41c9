using VirtNet.Model;

namespace VirtNet.Host.Firewall;

/// <summary>One way to put the rules of networks into the kernel: nftables, or iptables as libvirt has them.</summary>
public interface IFirewallBackend
{
    /// <summary>As in the configuration file: <c>nftables</c> or <c>iptables</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the kernel is changed by programs that are started for it. Their announcements cannot be told from those of
    /// others by whose socket they came from.
    /// </summary>
    bool ChangesByPrograms => true;

    /// <summary>The rules of this network, or null where its mode has none. Pure.</summary>
    /// <exception cref="VirtNetException">The definition cannot be expressed (e.g. an invalid NAT port range).</exception>
    FirewallRules? RulesFor(NetworkDefinition network);

    /// <summary>Which of these networks' rules are in the kernel, complete and in force; reads the kernel once.</summary>
    Task<IReadOnlySet<Guid>> FindIntactAsync(IReadOnlyCollection<FirewallRules> rules, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the rules of one network in one transaction, checking (and making) the skeleton in the same one. Both
    /// may be null. Removing what is absent succeeds; applying what is there is harmless.
    /// </summary>
    /// <exception cref="VirtNetException">The tool refused, with its own words; nothing was changed then.</exception>
    Task ApplyAsync(FirewallRules? before, FirewallRules? after, CancellationToken cancellationToken);

    /// <summary>
    /// Removes whatever this backend left of networks other than these (lost state). Rules are told apart by their bridge:
    /// the kernel does not know networks.
    /// </summary>
    /// <param name="bridges">
    /// Further bridges of virtnet's that are there, of networks that nobody knows: they may have guests, so their rules stay.
    /// </param>
    Task RemoveOthersAsync(
        IReadOnlyCollection<FirewallRules> keep, IReadOnlyCollection<string> bridges, CancellationToken cancellationToken);

    /// <summary>
    /// Removes all that this backend ever made, for these running networks and for others: another backend is in use.
    /// Cheap where nothing is left.
    /// </summary>
    Task RetireAsync(IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken);

    /// <summary>How many connections came to each publication of a network since it is in force; those that are not counted are left out.</summary>
    /// <exception cref="VirtNetException">The kernel does not tell.</exception>
    Task<IReadOnlyDictionary<HostPublication, ulong>> CountAsync(FirewallRules rules, CancellationToken cancellationToken);

    /// <summary>The rules in the tool's own words, for plans and people.</summary>
    string Describe(FirewallRules rules);
}

/// <summary>All firewall rules of one network: one resource, replaced as a whole.</summary>
public sealed record FirewallRules(Guid Network, string NetworkName, string Bridge, FirewallPlan Plan) : HostResource(Rank: 40)
{
    /// <summary>So many are named to people; of more only the number is told.</summary>
    private const int NamedPublications = 8;

    /// <summary>Whether hook scripts have a place for rules of their own (nftables).</summary>
    public bool HookPlaces { get; init; }

    /// <summary>What the network publishes.</summary>
    public ValueList<HostPublication> Publications { get; init; } = [];

    /// <summary>Whom of other networks it lets in.</summary>
    public ValueList<HostPeer> Peers { get; init; } = [];

    public override string Key => $"firewall {Network}";

    public override string Kind => "firewall";

    public override string? Device => Bridge;

    public override bool IsOpaque => true;

    public override string Summary => $"firewall rules of {Bridge} ({(Plan.Mode == ForwardMode.None ? "isolated" : Plan.Mode.ToString().ToLowerInvariant())}"
        + string.Concat(Plan.Subnets.Select(subnet => $", {subnet.Network}{(subnet.Nat is null ? "" : " translated")}"))
        + (Plan.Device is null ? "" : $", by {Plan.Device} only")
        + (Publications.Count > NamedPublications ? $", {Publications.Count} publications"
            : string.Concat(Publications.Select(publication => $", publishes {publication}")))
        + (Peers.Count > NamedPublications ? $", {Peers.Count} peers" : string.Concat(Peers.Select(peer => $", lets in {peer}"))) + ")";
}
