using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Files;
using VirtNet.Model;
using VirtNet.Wire;

namespace VirtNet.Daemon.Networks;

/// <summary>Brings the networks on disk into memory: at the daemon's start, and again at each reload.</summary>
internal sealed class NetworkLoader(
    NetworkRegistry registry, NetworkEnvironment environment, DaemonPaths paths, ILogger<NetworkLoader> logger)
{
    /// <summary>What was active goes on, then definitions join in. Nothing on the host is touched yet.</summary>
    public void Load()
    {
        foreach (NetworkSnapshot active in environment.StateFiles.LoadAll())
        {
            LoadOne(active);
        }

        foreach (StoredNetwork stored in environment.ConfigFiles.LoadAll())
        {
            NetworkDefinition definition = CompleteStored(stored.Definition);
            NetworkSnapshot loaded = new(definition, Live: null, stored.Autostart, []);
            if (LoadOne(loaded) is { } network && network.Snapshot.Config is null)
            {
                network.AttachConfig(definition, stored.Autostart);
            }
        }
    }

    /// <summary>Goes on with the networks that were active when the daemon last ran.</summary>
    public Task AdoptAsync(CancellationToken cancellationToken) => Task.WhenAll(
        registry.All.Where(network => network.Snapshot.IsActive).Select(network => network.AdoptAsync(cancellationToken)));

    /// <summary>Starts what is marked for it, if that was not done since boot.</summary>
    public async Task AutostartOnceAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(paths.AutostartedMarker))
        {
            await File.WriteAllTextAsync(paths.AutostartedMarker, "", cancellationToken);
            await AutostartAsync(cancellationToken);
        }
    }

    /// <summary>SIGHUP: new and changed files on disk, hooks, services and rules, then every inactive autostart network.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        environment.Hooks.Reload();
        foreach (StoredNetwork stored in environment.ConfigFiles.LoadAll())
        {
            NetworkDefinition definition = CompleteStored(stored.Definition);
            if (LoadOne(new NetworkSnapshot(definition, Live: null, stored.Autostart, [])) is { } network)
            {
                await network.ReloadAsync(definition, stored.Autostart, cancellationToken);
            }
        }

        await AdoptAsync(cancellationToken);
        await AutostartAsync(cancellationToken);
    }

    private Task AutostartAsync(CancellationToken cancellationToken) => Task.WhenAll(
        registry.All
            .Where(network => network.Snapshot is { Autostart: true, IsActive: false })
            .Select(network => AutostartAsync(network, cancellationToken)));

    private async Task AutostartAsync(NetworkActor network, CancellationToken cancellationToken)
    {
        try
        {
            await network.StartAsync(cancellationToken);
        }
        catch (VirtNetException e)
        {
            logger.AutostartFailed(network.Identity.Name, e.Message);
        }
    }

    private NetworkActor? LoadOne(NetworkSnapshot snapshot)
    {
        try
        {
            return registry.Load(snapshot);
        }
        catch (VirtNetException e)
        {
            logger.DefinitionClashes(snapshot.Current.Name, e.Message);
            return null;
        }
    }

    /// <summary>A file written by hand may lack MAC and UUID; they are chosen once and written back.</summary>
    private NetworkDefinition CompleteStored(NetworkDefinition definition)
    {
        NetworkDefinition complete = NetworkDefaults.Repair(definition, SystemRandom.Fill);
        if (complete != definition)
        {
            environment.ConfigFiles.Save(complete);
        }

        return complete;
    }
}
