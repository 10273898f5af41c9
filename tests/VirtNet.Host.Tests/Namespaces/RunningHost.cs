using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Commands;
using VirtNet.Host.Firewall;
using VirtNet.Host.Firewalld;
using VirtNet.Host.Flows;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Networks;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>A network host with its firewall, and a daemon's part in repairs: it converges what it is told has drifted.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, NetworkHostState> _running = [];
    private readonly Neighbourhood? _neighbours;
    private readonly Task _repairing;

    private RunningHost(NetworkHost host, Neighbourhood? neighbours, ConditionBoard conditions, ListLogger log)
    {
        _neighbours = neighbours;
        Host = host;
        Conditions = conditions;
        Log = log;
        _repairing = RepairAsync();
    }

    public NetworkHost Host { get; }

    public ConditionBoard Conditions { get; }

    public ListLogger Log { get; }

    /// <summary>How often a network was said to have drifted.</summary>
    public int Alarms { get; private set; }

    /// <param name="neighbours">Its clock; null = other firewalls are not looked at.</param>
    public static async Task<RunningHost> OpenAsync(
        string? backend = BackendNames.Nftables, IFirewalld? firewalld = null, TimeProvider? neighbours = null,
        Func<IFirewallBackend, IFirewallBackend>? wrap = null, FlowTable? flows = null)
    {
        ConditionBoard conditions = new();
        ListLogger log = new();
        CliWrapCommandRunner runner = new();
        IFirewallBackend? firewall = backend is null
            ? null
            : await new FirewallBackends(runner, TimeProvider.System, log).ChooseAsync(
                backend, "virtnetd.conf", TestContext.Current.CancellationToken);
        firewall = firewall is not null && wrap is not null ? wrap(firewall) : firewall;
        FirewalldZones? zones = firewalld is null ? null : new FirewalldZones(firewalld, NullLogger<FirewalldZones>.Instance);
        Neighbourhood? others = neighbours is null
            ? null
            : await new FirewallBackends(runner, neighbours, log).MakeNeighbourhoodAsync(
                admits: false, conditions, TestContext.Current.CancellationToken);
        NetworkHost host = new(
            firewall, runner, TimeProvider.System, log, zones, nameServers: null, conditions, others,
            spanFirewall: firewall is null ? null : new FirewallBackends(runner, TimeProvider.System, log).MakeSpanFirewall(firewall),
            hairpins: firewall is null ? null : new FirewallBackends(runner, TimeProvider.System, log).MakeHairpinTable(),
            flows: flows);
        return new RunningHost(host, others, conditions, log);
    }

    public async Task StartAsync(NetworkHostState network)
    {
        await Host.StartAsync(network, TestContext.Current.CancellationToken);
        _running[network.Network.Uuid!.Value] = network;
    }

    /// <summary>What a daemon does after a restart.</summary>
    public async Task<Converged> AdoptAsync(NetworkHostState network)
    {
        _running[network.Network.Uuid!.Value] = network;
        return await Host.ConvergeAsync(network, TestContext.Current.CancellationToken);
    }

    /// <returns>The guests that were on its bridge.</returns>
    public async Task<IReadOnlyList<PluggedGuest>> StopAsync(NetworkHostState network)
    {
        _running.TryRemove(network.Network.Uuid!.Value, out _);
        IReadOnlyList<PluggedGuest> guests = Host.ListGuests(network.Network);
        await Host.StopAsync(network, TestContext.Current.CancellationToken);
        return guests;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        if (_neighbours is not null)
        {
            await _neighbours.DisposeAsync();
        }

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
