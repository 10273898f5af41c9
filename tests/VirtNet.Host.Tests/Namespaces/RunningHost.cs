using System.Collections.Concurrent;
using VirtNet.Host.Commands;
using VirtNet.Host.Firewall;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>A network host with its firewall, and a daemon's part in repairs: it converges what it is told has drifted.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, NetworkHostState> _running = [];
    private readonly Task _repairing;

    private RunningHost(NetworkHost host, ListLogger log)
    {
        Host = host;
        Log = log;
        _repairing = RepairAsync();
    }

    public NetworkHost Host { get; }

    public ListLogger Log { get; }

    /// <summary>How often a network was said to have drifted.</summary>
    public int Alarms { get; private set; }

    public static async Task<RunningHost> OpenAsync(string? backend = FirewallBackends.Nftables)
    {
        ListLogger log = new();
        IFirewallBackend? firewall = backend is null
            ? null
            : await FirewallBackends.ChooseAsync(
                backend, "virtnetd.conf", new CliWrapCommandRunner(), log, TestContext.Current.CancellationToken);
        return new RunningHost(new NetworkHost(firewall, new CliWrapCommandRunner(), TimeProvider.System, log), log);
    }

    public async Task StartAsync(NetworkHostState network)
    {
        await Host.StartAsync(network, TestContext.Current.CancellationToken);
        _running[network.Network.Uuid!.Value] = network;
    }

    public async Task StopAsync(NetworkHostState network)
    {
        _running.TryRemove(network.Network.Uuid!.Value, out _);
        await Host.StopAsync(network, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _repairing;
    }

    private async Task RepairAsync()
    {
        await foreach (Guid drifted in Host.Drift.ReadAllAsync())
        {
            Alarms++;
            if (_running.TryGetValue(drifted, out NetworkHostState? network))
            {
                await Host.ConvergeAsync(network, CancellationToken.None);
            }
        }
    }
}
