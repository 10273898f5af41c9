using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>
/// Other firewalls on the host. What one drops no rule of ours can bring back: an accept ends one chain at a hook, not the
/// others. So whoever starts a network that another firewall will cut off is told, once, and told what helps.
/// </summary>
/// <param name="sharesTables">
/// Whether our rules come first in the tables of the iptables programs and open the host's ports there; then these tables'
/// policies do not matter.
/// </param>
internal sealed class ForeignFirewalls(INftSession nft, bool sharesTables, TimeProvider time, ILogger logger)
{
    /// <summary>Many networks start together; they need not look each.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _told = [];
    private ForeignChain[] _chains = [];
    private long? _looked;

    /// <param name="again">Whether what was seen some seconds ago does not do.</param>
    public async Task<IReadOnlyList<ForeignChain>> LookAsync(bool again, CancellationToken cancellationToken)
    {
        if (again || _looked is not { } looked || time.GetElapsedTime(looked) > Fresh)
        {
            using JsonDocument? listing = await nft.ListAsync(["list", "chains"], cancellationToken);
            _chains = listing is null ? [] : ForeignChain.Parse(listing.RootElement);
            _looked = time.GetTimestamp();
        }

        return _chains;
    }

    /// <param name="passable">Chains that drop by default, but let this network's packets pass.</param>
    public void Warn(FirewallRules rules, IReadOnlyList<ForeignChain> chains, IReadOnlyCollection<ForeignChain> passable)
    {
        ForeignChain[] obstacles = chains.Where(chain => IsObstacle(chain, rules.Plan) && !passable.Contains(chain)).ToArray();
        _told.IntersectWith(obstacles.Select(chain => chain.ToString()));
        foreach (ForeignChain chain in obstacles.Where(chain => _told.Add(chain.ToString())))
        {
            if (chain.Hook == "forward")
            {
                logger.ForwardingDropped(rules.NetworkName, $"{chain}", rules.Bridge, Remedy(chain, chains, rules.Bridge));
            }
            else
            {
                logger.InputDropped(rules.NetworkName, $"{chain}", rules.Bridge, Remedy(chain, chains, rules.Bridge));
            }
        }
    }

    private bool IsObstacle(ForeignChain chain, FirewallPlan plan) =>
        chain.Policy == "drop"
        && chain.Hook switch
        {
            "forward" => plan.Mode != ForwardMode.None,
            "input" => plan.Subnets.Count > 0,
            _ => false,
        }
        && (chain.Family == "inet" || chain.Family == "ip" || (chain.Family == "ip6" && plan.Ipv6))
        && !(sharesTables && chain.Family is "ip" or "ip6" && chain.Table == "filter");

    private static string Remedy(ForeignChain chain, IReadOnlyList<ForeignChain> chains, string bridge)
    {
        bool ufw = chains.Any(other => other.Family == chain.Family && other.Table == chain.Table
            && other.Name.StartsWith("ufw", StringComparison.Ordinal));
        return (chain.Hook, ufw) switch
        {
            ("forward", true) => $"ufw route allow in on {bridge}; ufw route allow out on {bridge}",
            ("forward", false) =>
                $"nft insert rule {chain} iifname {bridge} accept; nft insert rule {chain} oifname {bridge} accept",
            (_, true) => $"ufw allow in on {bridge}",
            _ => $"nft insert rule {chain} iifname {bridge} meta l4proto {{ tcp, udp }} th dport {{ 53, 67, 547 }} accept",
        };
    }
}
