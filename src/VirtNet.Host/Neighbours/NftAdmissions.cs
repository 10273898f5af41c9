using System.IO.Hashing;
using System.Text;
using System.Text.RegularExpressions;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// Finds what has to be added to, and taken from, the chains of the administrator's own nftables rules that drop by their policy. Pure.
/// Ours come last there: every rule of the administrator's has its say first, and only the policy is passed.
/// </summary>
internal static partial class NftAdmissions
{
    /// <param name="networks">Those that run, or some of them.</param>
    /// <param name="ways">Asked only where there are networks.</param>
    /// <param name="admits">False = only what is not needed any more is taken away.</param>
    /// <param name="isGone">Whether a bridge with rules of ours is nobody's any more.</param>
    public static IEnumerable<Admission> Plan(
        IReadOnlyList<RuleTable> tables, IReadOnlyList<GuestNetwork> networks, HostWays? ways, bool admits, Func<string, bool> isGone)
    {
        HashSet<string> running = [.. networks.Select(network => network.Bridge)];
        foreach (RuleTable table in tables.Where(table => Name().IsMatch(table.Name)))
        {
            StringBuilder script = new();
            List<string> admitted = [];
            List<string> chains = [];
            foreach (RuleChain chain in table.Chains.Values.Where(chain => IsPlace(table, chain) && Name().IsMatch(chain.Name)))
            {
                ILookup<string, PlacedRule> ours = OursIn(chain);
                int before = script.Length;
                bool isOpen = admits && ways is not null && table.IsAdministrators && chain.Place!.DropsByDefault;
                if (isOpen || ours.Count > 0)
                {
                    admitted.AddRange(AppendChanges(script, table, chain, ours, networks, isOpen ? ways : null));
                }

                AppendRemovals(
                    script, table, chain,
                    ours.Where(group => !running.Contains(group.Key) && isGone(group.Key)).SelectMany(group => group));
                chains.AddRange(script.Length > before ? [chain.Name] : []);
            }

            if (script.Length > 0)
            {
                yield return new Admission(table, script.ToString(), [.. admitted.Distinct()], string.Join(", ", chains));
            }
        }
    }

    /// <param name="ways">Null = nobody is let through there.</param>
    /// <returns>Bridges whose rules are put there, or put there anew.</returns>
    private static List<string> AppendChanges(
        StringBuilder script, RuleTable table, RuleChain chain, ILookup<string, PlacedRule> ours, IReadOnlyList<GuestNetwork> networks, HostWays? ways)
    {
        List<string> admitted = [];
        RuleChain others = chain with { Rules = [.. chain.Rules.Where(rule => !AdmissionRules.IsOurs(rule))] };
        int lastOther = Enumerable.Range(0, chain.Rules.Count).LastOrDefault(at => !AdmissionRules.IsOurs(chain.Rules[at]), -1);
        foreach (GuestNetwork network in networks)
        {
            PlacedRule[] has = [.. ours[network.Bridge]];
            string[] wanted = ways is not null && (has.Length > 0 || IsDropped(table, others, network, ways))
                ? [.. Words(table, chain, network, ways).Distinct()] : [];
            if (has.Select(rule => rule.Rule.Comment).SequenceEqual(wanted.Select(words => CommentOf(network.Bridge, words)))
                && has.All(rule => rule.At > lastOther))
            {
                continue;
            }

            AppendRemovals(script, table, chain, has);
            foreach (string words in wanted)
            {
                script.Append($"add rule {table} {chain.Name} {words} comment \"{CommentOf(network.Bridge, words)}\"\n");
            }

            admitted.AddRange(wanted.Length > 0 ? [network.Bridge] : []);
        }

        return admitted;
    }

    private static void AppendRemovals(StringBuilder script, RuleTable table, RuleChain chain, IEnumerable<PlacedRule> rules)
    {
        foreach (PlacedRule rule in rules)
        {
            script.Append($"delete rule {table} {chain.Name} handle {rule.Rule.Handle}\n");
        }
    }

    /// <summary>Whether rules of ours may be in a chain.</summary>
    public static bool IsPlace(RuleTable table, RuleChain chain) =>
        table is { Keeper: RuleKeeper.Nft, Family: "ip" or "ip6" or "inet" } and not { Family: NftNames.Family, Name: NftNames.TableName }
        && chain.Place is { Hook: "input" or "forward" };

    private static ILookup<string, PlacedRule> OursIn(RuleChain chain) => chain.Rules
        .Select((rule, at) => new PlacedRule(rule, at, AdmissionRules.BridgeOf(rule))).Where(rule => rule.Bridge is not null).ToLookup(rule => rule.Bridge!);

    /// <summary>Whether its guests miss something that no rule there speaks for or against.</summary>
    private static bool IsDropped(RuleTable table, RuleChain others, GuestNetwork network, HostWays ways) =>
        CutOffs.PacketsOf(table, others, network, ways)
            .Where(packet => packet.Traffic != Traffic.Ping)
            .Concat(others.Place!.Hook == "input"
                ? network.HostPlaces.Where(place => table.Family == "inet" || place.Ipv6 == (table.Family == "ip6")).Select(place => SamplePackets.ToPublished(place, ways))
                : [])
            .Any(packet => RuleWalk.FindDrop(table, others, packet) is { Rule: null });

    private static IEnumerable<string> Words(RuleTable table, RuleChain chain, GuestNetwork network, HostWays ways) => chain.Place!.Hook == "input"
        ? NftAdmissionRules.ForServices(network, table.Family)
        : NftAdmissionRules.ForForwarding(network, table.Family, ways.BridgedIsFiltered);

    /// <summary>By which a rule is known to be what is wanted, however a version of nft prints it.</summary>
    private static string CommentOf(string bridge, string words) =>
        $"{AdmissionRules.Mark} {bridge} {Convert.ToHexStringLower(XxHash32.Hash(Encoding.UTF8.GetBytes(words)))}";

    /// <summary>What needs no quotes.</summary>
    [GeneratedRegex(@"^[A-Za-z_][\w./\\-]*$")]
    private static partial Regex Name();
}
