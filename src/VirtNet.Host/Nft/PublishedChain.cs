using System.IO.Hashing;
using System.Net.Sockets;
using System.Text;
using VirtNet.Host.Firewall;
using VirtNet.Host.Publishing;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Nft;

/// <summary>
/// Where connections of one publication go that is spread over several targets, or not for everybody. What does not belong there comes
/// back, and is asked about further. The name follows from the rules, so a chain never changes: another one takes its place at once.
/// </summary>
/// <param name="Rules">The text of each, without its chain.</param>
internal sealed record PublishedChain(string Name, ValueList<string> Rules)
{
    /// <summary>Any number will do, as long as it stays: clients must come to where they were before a restart.</summary>
    private const string Seed = "0x76697274";

    public IEnumerable<NftRule> All => Rules.Select(rule => new NftRule(Name, 0, rule));

    /// <summary>Makes it, or mends it.</summary>
    public string Script => $"{NftSkeleton.DeclarationOf(Name)}flush chain {NftNames.Table} {Name}\n"
        + string.Concat(All.Select(NftSkeleton.CommandOf));

    public static string Removal(string name) =>
        $"{NftSkeleton.DeclarationOf(name)}flush chain {NftNames.Table} {name}\ndelete chain {NftNames.Table} {name}\n";

    /// <param name="bridge">Two networks never share a chain.</param>
    /// <param name="place">What is published there, in the order in which it is asked.</param>
    public static PublishedChain For(string bridge, HostPublication[] place)
    {
        ValueList<string> rules = place.SelectMany(RulesOf).ToValueList();
        string id = Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{bridge}\n{place[0].Ipv6}\n{string.Join('\n', rules)}")));
        return new PublishedChain($"{NftNames.PublishedPrefix}{id[..16]}", rules);
    }

    private static string[] RulesOf(HostPublication publication)
    {
        string who = Who(publication);
        return publication.Targets.Count == 0
            ? [who + "meta l4proto tcp reject with tcp reset", who + "reject with icmpx port-unreachable"]
            : [who + Protocol(publication) + Choice(publication)];
    }

    private static string Who(HostPublication publication)
    {
        string family = publication.Ipv6 ? "ip6" : "ip";
        string sources = publication.Sources.Count == 0 ? "" : $"{family} saddr {{ {string.Join(", ", publication.Sources)} }} ";
        if (publication.Interface is not { } name)
        {
            return sources;
        }

        InterfaceNames.ThrowIfUnsafe(name);
        return $"{sources}iifname \"{name}\" ";
    }

    /// <summary>Where a port is given, its protocol must be.</summary>
    private static string Protocol(HostPublication publication) =>
        publication is { Protocol: { } protocol, Ports: not null } ? $"meta l4proto {protocol.Name()} " : "";

    private static string Choice(HostPublication publication)
    {
        ValueList<HostTarget> targets = publication.Targets;
        if (targets[0].Address is null)
        {
            return targets[0].FirstPort is { } port ? $"redirect to :{port}" : "redirect";
        }

        string family = publication.Ipv6 ? "ip6" : "ip";
        if (targets.Count == 1)
        {
            return $"dnat {family} to {Single(targets[0])}";
        }

        IReadOnlyList<int> table = publication.Balance == Balance.Source ? SlotTable.Assign(targets) : TurnTable.Assign(targets);
        string key = publication.Balance switch
        {
            Balance.Source => $"jhash {family} saddr mod {table.Count} seed {Seed}",
            Balance.Random => $"numgen random mod {table.Count}",
            _ => $"numgen inc mod {table.Count}",
        };
        return $"dnat {family} to {key} map {{ {string.Join(", ", table.Select((target, slot) => $"{slot} : {InMap(targets[target])}"))} }}";
    }

    private static string Single(HostTarget target) => target.FirstPort is not { } port ? $"{target.Address}"
        : target.Address!.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{target.Address}]:{port}" : $"{target.Address}:{port}";

    private static string InMap(HostTarget target) => target.FirstPort is { } port ? $"{target.Address} . {port}" : $"{target.Address}";
}
