using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Networks;
using VirtNet.Host;
using VirtNet.Host.Firewall;
using VirtNet.Host.Firewalld;
using VirtNet.Host.Networks;
using VirtNet.Model;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Looks after the firewall once the networks are adopted: removes rules of networks that nobody knows any more and of a backend
/// that is not in use any more, and lets networks take their places again when firewalld forgot them.
/// </summary>
internal sealed class FirewallUpkeep(
    FirewallChoice choice, NetworkRegistry registry, NetworkRepairs repairs, INetworkHost host, FirewalldWatch firewalld,
    ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<FirewallUpkeep>();

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        await CleanAsync(stoppingToken);
        await firewalld.RunAsync(() => repairs.BeginAll(stoppingToken), stoppingToken);
    }

    private async Task CleanAsync(CancellationToken stoppingToken)
    {
        choice.Neighbours.CleanUp();
        try
        {
            // Of a network whose bridge's name is somebody else's now, rules would be in that one's way.
            FirewallRules[] active = [.. registry.All.Select(network => network.Snapshot.Live).OfType<NetworkDefinition>()
                .Where(live => host.StandingOf(live) is BridgeStanding.InPlace or BridgeStanding.Absent)
                .Select(choice.Backend.RulesFor).OfType<FirewallRules>()];
            IReadOnlyDictionary<Guid, string> marked = host.ListMarkedBridges();
            await choice.Backend.RemoveOthersAsync(active, [.. marked.Values], stoppingToken);
            await choice.RetireOtherAsync(active, stoppingToken);
        }
#pragma warning disable CA1031 // whatever it was: it is tidying, and the networks are to be looked after
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _logger.LeftoversStay(e);
        }
    }
}
