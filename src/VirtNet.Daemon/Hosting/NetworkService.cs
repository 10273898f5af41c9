using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Networks;
using VirtNet.Daemon.Publishing;
using VirtNet.Host.Networks;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// The networks' own life: adopts what runs, starts what is marked for it, repairs what others break. Stopping it leaves
/// networks and guests as they are.
/// </summary>
internal sealed class NetworkService(
    NetworkAdoption adoption, NetworkLoader loader, Autostarts autostarts, NetworkRegistry registry, NetworkRepairs repairs,
    BridgeRecords records, GuestFollowing following, TargetHealth health, RunningNetworks running, INetworkServices services, INetworkHost host,
    FirewallUpkeep firewall, IHostApplicationLifetime lifetime, ILogger<NetworkService> logger)
    : BackgroundService
{
    private readonly TaskCompletionSource _autostarted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when every network that ran or starts with the daemon is served, or cannot be.</summary>
    public Task Autostarted => _autostarted.Task;

    /// <summary>What runs is known before anybody can ask; that it is served again, of many only who asks for it waits for.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await loader.EndRemovalsAsync(cancellationToken);
        await adoption.SettleAsync(cancellationToken);
        await adoption.BeginAsync(lifetime.ApplicationStopping);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using IDisposable observation = services.ObserveLeases(following.Observer(stoppingToken));
        health.Changed += network => following.Begin(network, stoppingToken);
        host.PortsChanged += network => records.Begin(network, stoppingToken);
        host.AddressesChanged += () => autostarts.Begin(stoppingToken);
        running.Changed += network => following.Begin(network, stoppingToken);
        try
        {
            await adoption.EndedAsync(stoppingToken);
        }
        catch
        {
            _autostarted.TrySetResult();
            throw;
        }

        // What runs is looked after from here on: a start may hang in a hook.
        await Task.WhenAll(AutostartAsync(stoppingToken), RepairAsync(stoppingToken), firewall.RunAsync(stoppingToken));
    }

    private async Task AutostartAsync(CancellationToken stoppingToken)
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
