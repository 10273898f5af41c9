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
    NetworkLoader loader, NetworkRegistry registry, NetworkRepairs repairs, INetworkHost host, FirewallUpkeep firewall,
    TimeProvider time, ILogger<NetworkService> logger)
    : BackgroundService
{
    /// <summary>A network that hangs must not keep the others from being served, nor the daemon from being asked.</summary>
    private static readonly TimeSpan AdoptionLimit = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _autostarted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when every network that starts with the daemon was started, or could not be.</summary>
    public Task Autostarted => _autostarted.Task;

    /// <summary>Running networks are served again before anybody can ask: clients take the first answer for the truth.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
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

    private async Task AdoptAsync(CancellationToken cancellationToken)
    {
        await loader.EndRemovalsAsync(cancellationToken);
        await EndedAsync(loader.Adopt(cancellationToken), cancellationToken);
        await EndedAsync(loader.Rebuild(cancellationToken), cancellationToken);
    }

    private async Task EndedAsync(Dictionary<string, Task> adoptions, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(adoptions.Values).WaitAsync(AdoptionLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            logger.AdoptionHangs(
                AdoptionLimit.TotalSeconds,
                string.Join(", ", adoptions.Where(adoption => !adoption.Value.IsCompleted).Select(adoption => adoption.Key)));
        }
    }

    private async Task RepairAsync(CancellationToken stoppingToken)
    {
        await foreach (Guid uuid in host.Drift.ReadAllAsync(stoppingToken))
        {
            repairs.Begin(uuid, stoppingToken);
        }
    }

    private static string Version { get; } =
        typeof(NetworkService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
