using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Publishing;
using VirtNet.Model;

namespace VirtNet.Host.Networks;

/// <summary>
/// Where other publications are in force than before, or other peers, the kernel shall not go on with the connections it followed
/// for those.
/// </summary>
internal sealed class StaleFlows(PublicationChecks host, ILogger logger)
{
    /// <param name="before">What the network held on the host.</param>
    /// <param name="now">What it holds.</param>
    public void Forget(string network, IEnumerable<HostResource> before, IEnumerable<HostResource> now)
    {
        FirewallRules? had = before.OfType<FirewallRules>().FirstOrDefault();
        FirewallRules? has = now.OfType<FirewallRules>().FirstOrDefault();
        try
        {
            int forgotten = 0;
            bool any = false;
            if (Publications(had, has) is { Any: true } flows)
            {
                any = true;
                forgotten += flows.Forget();
            }

            if (Peers(had, has) is { Any: true } peers)
            {
                any = true;
                forgotten += peers.Forget();
            }

            if (any)
            {
                logger.FlowsForgotten(network, forgotten);
            }
        }
        catch (VirtNetException e)
        {
            logger.FlowsStay(network, e);
        }
    }

    private PublishedFlows? Publications(FirewallRules? had, FirewallRules? has)
    {
        ValueList<HostPublication> before = had?.Publications ?? [];
        ValueList<HostPublication> now = has?.Publications ?? [];
        return before.Equals(now) ? null : PublishedFlows.Between(before, now, host.HostAddresses().Contains);
    }

    private static PeerFlows Peers(FirewallRules? had, FirewallRules? has) => PeerFlows.Between(
        had?.Peers ?? [], has?.Peers ?? [], (has ?? had)?.Plan.Subnets.Select(subnet => subnet.Network) ?? []);
}
