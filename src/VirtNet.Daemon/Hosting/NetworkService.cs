using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Networks;
using VirtNet.Host;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// The networks' own life: adopts what runs, starts what is marked for it, repairs what others break. Stopping it leaves
/// networks and guests as they are.
/// </summary>
internal sealed class NetworkService(
    NetworkLoader loader, NetworkRegistry registry, INetworkHost host, FirewallUpkeep firewall, ILogger<NetworkService> logger)
    : BackgroundService
{
    private readonly TaskCompletionSource _autostarted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when every network that starts with the daemon was started, or could not be.</summary>
    public Task Autostarted => _autostarted.Task;

    /// <summary>Running networks are served again before anybody can ask: clients take the first answer for the truth.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await loader.AdoptAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await loader.AutostartOnceAsync(stoppingToken);
        }
        finally
        {
            _autostarted.TrySetResult();
        }

        IReadOnlyList<NetworkActor> networks = registry.All;
        int active = networks.Count(network => network.Snapshot.IsActive);
        logger.Ready(Version, active, networks.Count);
        await Task.WhenAll(RepairAsync(stoppingToken), firewall.RunAsync(stoppingToken));
    }

    private async Task RepairAsync(CancellationToken stoppingToken)
    {
        await foreach (Guid uuid in host.Drift.ReadAllAsync(stoppingToken))
        {
            if (registry.TryFind(uuid, out NetworkActor? network))
            {
                await network.RepairAsync(stoppingToken);
            }
        }
    }

    private static string Version { get; } =
        typeof(NetworkService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
