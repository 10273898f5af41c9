using Microsoft.Extensions.Logging;
using VirtNet.Model;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// Goes on with the networks that ran when the daemon ended. Which of them still run is settled before anybody can ask: clients
/// take the first answer for the truth. Then they are served again, a few at a time, and first those that somebody asks for.
/// </summary>
internal sealed class NetworkAdoption(
    NetworkRegistry registry, NetworkEnvironment environment, TimeProvider time, ILogger<NetworkAdoption> logger)
{
    /// <summary>A network that hangs must not keep the others from being served, nor the daemon from being asked.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Enough to share what they read of the host; an answer to a client waits behind no more than these.</summary>
    private const int AtOnce = 32;

    /// <summary>For how long clients are kept waiting for networks that are all served at once: that takes tens of milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private Task _ended = Task.CompletedTask;

    /// <summary>Settles which networks run: those with a state file whose bridge is there, and those whose bridge says so.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await EndedAsync(Running().ToDictionary(Name, network => SettleAsync(network, cancellationToken)), cancellationToken);

        await RebuildAsync(cancellationToken);
    }

    /// <summary>Goes on with networks that are not known to run, but whose bridges, by their mark, are there.</summary>
    public Task RebuildAsync(CancellationToken cancellationToken) =>
        EndedAsync( // one that hangs is not waited for again
            environment.Host.ListMarkedBridges()
                .Where(marked => !registry.TryFind(marked.Key, out NetworkActor? network) || !network.Snapshot.IsActive)
                .ToDictionary(marked => marked.Value, marked => RebuildAsync(marked.Key, marked.Value, cancellationToken)),
            cancellationToken);

    /// <summary>
    /// Begins to serve again what runs. Whatever a network is asked to do from now on follows that. Of a few networks it waits for
    /// it: who sees the daemon answer counts on its DNS and DHCP. Among many, a first answer is worth more.
    /// </summary>
    public async Task BeginAsync(CancellationToken stoppingToken)
    {
        NetworkActor[] networks = Running();
        _ended = ServeAsync(networks, stoppingToken);
        if (networks.Length <= AtOnce)
        {
            await Task.WhenAny(_ended, Task.Delay(Patience, time, stoppingToken));
        }
    }

    /// <summary>
    /// Waits until all are served again, or hang: what two networks cannot both have belongs to the one that had it.
    /// </summary>
    public Task EndedAsync(CancellationToken cancellationToken) => _ended.WaitAsync(cancellationToken);

    /// <summary>
    /// Waits until a network is served again, which is begun now where it waits for its turn. One that hangs is waited for as long as
    /// the daemon waits for all.
    /// </summary>
    public Task ServedAsync(NetworkActor network, CancellationToken cancellationToken)
    {
        network.Hurry();
        return Task.WhenAny(network.Adopted, _ended).WaitAsync(cancellationToken);
    }

    private NetworkActor[] Running() => [.. registry.All.Where(network => network.Snapshot.IsActive)];

    private static string Name(NetworkActor network) => network.Identity.Name;

    private async Task ServeAsync(NetworkActor[] networks, CancellationToken stoppingToken)
    {
        TurnQueue turns = new(AtOnce);
        await EndedAsync(networks.ToDictionary(Name, network => AdoptAsync(network, turns, stoppingToken)), stoppingToken);
        foreach (NetworkActor network in networks)
        {
            network.Hurry(); // some may hang: nobody waits behind them any longer
        }
    }

    private async Task AdoptAsync(NetworkActor network, TurnQueue turns, CancellationToken stoppingToken)
    {
        try
        {
            await network.AdoptAsync(turns, stoppingToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            // settling it hung, and it has gone since
        }
#pragma warning disable CA1031 // the others are to be served
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.StopStepFailed(Name(network), "serve it again", e);
        }
    }

    /// <summary>A state that makes sense as a file may make none on this host: that costs its own network at most.</summary>
    private async Task SettleAsync(NetworkActor network, CancellationToken cancellationToken)
    {
        try
        {
            await network.SettleAsync(cancellationToken);
        }
#pragma warning disable CA1031 // the others are to be gone on with, and the daemon to start
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.StopStepFailed(network.Identity.Name, "go on with it", e);
        }
    }

    private async Task RebuildAsync(Guid uuid, string bridge, CancellationToken cancellationToken)
    {
        if (!registry.TryFind(uuid, out NetworkActor? network))
        {
            logger.BridgeWithoutNetwork(bridge, uuid);
            return;
        }

        try
        {
            await network.RebuildAsync(bridge, cancellationToken);
        }
#pragma warning disable CA1031 // likewise
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.StopStepFailed(network.Identity.Name, "go on with it", e);
        }
    }

    private async Task EndedAsync(Dictionary<string, Task> networks, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(networks.Values).WaitAsync(Limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            logger.AdoptionHangs(
                Limit.TotalSeconds,
                string.Join(", ", networks.Where(adoption => !adoption.Value.IsCompleted).Select(adoption => adoption.Key)));
        }
    }
}
