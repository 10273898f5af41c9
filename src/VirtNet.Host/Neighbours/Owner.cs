using VirtNet.Host.Iptables;

namespace VirtNet.Host.Neighbours;

/// <summary>Whose rules these probably are.</summary>
/// <param name="Who">Null = somebody whom virtnet does not know.</param>
internal sealed record Owner(string Name, Neighbour? Who)
{
    private static readonly (string Prefix, Neighbour Owner)[] Chains =
    [
        ("ufw-", Neighbour.Ufw), ("ufw6-", Neighbour.Ufw), ("DOCKER", Neighbour.Docker), ("LIBVIRT_", Neighbour.Libvirt),
        ("KUBE-", Neighbour.Kubernetes), ("NETAVARK", Neighbour.Podman), ("ts-", Neighbour.Tailscale), ("CNI-", Neighbour.Cni),
        ("cali-", Neighbour.Calico), ("CILIUM_", Neighbour.Cilium), ("FLANNEL-", Neighbour.Flannel), ("f2b-", Neighbour.Fail2ban),
        ("FWDI_", Neighbour.Firewalld), ("FWDO_", Neighbour.Firewalld), ("IN_public", Neighbour.Firewalld),
        ("FORWARD_direct", Neighbour.Firewalld), ("INPUT_direct", Neighbour.Firewalld), ("CROWDSEC_", Neighbour.CrowdSec),
    ];

    private static readonly (string Prefix, Neighbour Owner)[] Tables =
    [
        ("firewalld", Neighbour.Firewalld), ("docker-", Neighbour.Docker), ("libvirt_network", Neighbour.Libvirt),
        ("netavark", Neighbour.Podman), ("kube-proxy", Neighbour.Kubernetes), ("f2b-table", Neighbour.Fail2ban),
        ("crowdsec", Neighbour.CrowdSec), ("incus", Neighbour.Incus), ("lxd", Neighbour.Incus), ("cni_", Neighbour.Cni),
        ("calico", Neighbour.Calico),
    ];

    private static readonly (string Part, Neighbour Owner)[] Comments =
    [
        ("kubernetes", Neighbour.Kubernetes), ("cali:", Neighbour.Calico), ("cilium", Neighbour.Cilium),
        ("flanneld", Neighbour.Flannel), ("generated for Incus", Neighbour.Incus), ("generated for LXD", Neighbour.Incus),
    ];

    /// <summary>Those that make the host drop by default in tables that all share; the others leave the policy alone.</summary>
    private static readonly Neighbour[] PolicyMakers = [Neighbour.Ufw, Neighbour.Docker, Neighbour.Firewalld];

    public static Owner Of(DropSite site, RuleAuthors authors)
    {
        if (OfNames(site.Chain.Name, Chains) is { } byChain)
        {
            return Known(byChain);
        }

        if (site.Rule is { Comment: { Length: > 0 } comment }
            && Comments.FirstOrDefault(known => comment.Contains(known.Part, StringComparison.Ordinal)) is { Part: not null } byComment)
        {
            return Known(byComment.Owner);
        }

        if (OfNames(site.Table.Name, Tables) is { } byTable)
        {
            return Known(byTable);
        }

        if (site.Rule is null)
        {
            // Whose chains a base chain jumps to, whose policy it is; two of them may share a table.
            Neighbour[] makers = [.. site.Base.Rules.Select(rule => rule.Verdict.Target).OfType<string>()
                .Select(target => OfNames(target, Chains)).OfType<Neighbour>().Where(PolicyMakers.Contains).Distinct().Order()];
            if (makers.Length > 0)
            {
                return new Owner(string.Join(" or ", makers.Select(NameOf)), makers[0]);
            }
        }

        return new Owner(
            (site.Table.Keeper, site.Table.Name) switch
            {
                (RuleKeeper.Nft, "virtnet") => "a rule in virtnet's table that is not virtnet's",
                (RuleKeeper.Nft, _) when site.Table.IsAdministrators => "this host's own firewall (/etc/nftables.conf)",
                (RuleKeeper.Nft, "filter") => "a firewall of this host's own, perhaps /etc/nftables.conf",
                (RuleKeeper.Nft, _) => "another firewall",
                _ => "iptables rules of this host's own",
            }
            + (authors.Of(site.Table) is { } author ? $", last changed by {author}" : ""),
            Who: null);
    }

    /// <summary>The programs whose tables or chains these are.</summary>
    /// <param name="isOthers">Whether a bridge is there and is not virtnet's, whose rules may be in libvirt's chains.</param>
    public static IReadOnlyList<string> AllOf(IEnumerable<RuleTable> tables, Func<string, bool> isOthers) =>
    [
        .. tables
            .SelectMany(table => table.Chains.Values.Where(chain => !IsShared(table, chain) || HasOthers(table, chain, isOthers))
                .Select(chain => OfNames(chain.Name, Chains)).Append(OfNames(table.Name, Tables)))
            .OfType<Neighbour>().Distinct().Order().Select(NameOf),
    ];

    /// <summary>Whether the iptables backend has its rules there too.</summary>
    private static bool IsShared(RuleTable table, RuleChain chain) => table.Keeper != RuleKeeper.Nft
        && IptablesChains.Links.Any(link => link.Table == table.Name && link.To.Contains(chain.Name));

    private static bool HasOthers(RuleTable table, RuleChain chain, Func<string, bool> isOthers) => chain.Rules
        .Select(rule => IptablesShapes.BridgeOf(new IptablesRule(table.Name, chain.Name, rule.Text))).OfType<string>().Any(isOthers);

    private static Owner Known(Neighbour neighbour) => new(NameOf(neighbour), neighbour);

    private static string NameOf(Neighbour neighbour) => neighbour switch
    {
        Neighbour.Ufw => "ufw",
        Neighbour.Firewalld => "firewalld",
        Neighbour.Libvirt => "libvirt",
        Neighbour.Podman => "Podman (netavark)",
        Neighbour.Cni => "a CNI plugin",
        Neighbour.Fail2ban => "fail2ban",
        _ => neighbour.ToString(),
    };

    private static Neighbour? OfNames(string name, (string Prefix, Neighbour Owner)[] known)
    {
        foreach ((string prefix, Neighbour owner) in known)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return owner;
            }
        }

        return null;
    }
}

/// <summary>Programs whose rules are known by their names.</summary>
internal enum Neighbour
{
    Ufw,
    Docker,
    Firewalld,
    Libvirt,
    Kubernetes,
    Podman,
    Tailscale,
    Cni,
    Calico,
    Cilium,
    Flannel,
    Fail2ban,
    CrowdSec,
    Incus,
}
