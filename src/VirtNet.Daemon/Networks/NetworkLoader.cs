using System.Globalization;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Files;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Ports;

namespace VirtNet.Daemon.Networks;

/// <summary>Brings the networks on disk into memory: at the daemon's start, and again at each reload.</summary>
internal sealed class NetworkLoader(
    NetworkRegistry registry, NetworkEnvironment environment, NetworkAdoption adoption, Autostarts autostarts, DaemonPaths paths,
    ILogger<NetworkLoader> logger)
{
    /// <summary>As many as people read at a time; all are in the log.</summary>
    private const int MaxTroubles = 10;

    /// <summary>What was active goes on, then definitions join in. Nothing on the host is touched yet.</summary>
    public void Load()
    {
        environment.ConfigFiles.RemoveTemporary();
        environment.StateFiles.RemoveTemporary();
        StoredNetworks onDisk = environment.ConfigFiles.LoadAll();
        List<string> troubles = [.. onDisk.Refused];
        foreach (NetworkSnapshot active in AsDefined(environment.StateFiles.LoadAll(onDisk.Networks), onDisk.Networks))
        {
            LoadOne(active, troubles);
        }

        foreach (StoredNetwork stored in onDisk.Networks)
        {
            NetworkDefinition definition = CompleteStored(stored.Definition, troubles);
            NetworkSnapshot loaded = new(definition, Live: null, stored.Autostart, []);
            if (LoadOne(loaded, troubles) is { } network && network.Snapshot.Config is null)
            {
                network.AttachConfig(definition, stored.Autostart);
            }
        }

        Say(troubles);
    }

    /// <summary>Forgets what was undefined while the last daemon was killed. After <see cref="Load"/>.</summary>
    public async Task EndRemovalsAsync(CancellationToken cancellationToken)
    {
        foreach (NetworkDefinition removed in environment.ConfigFiles.LoadRemoved())
        {
            logger.RemovalWasUnfinished(removed.Name);
            try
            {
                if (removed.Uuid is { } uuid && !registry.TryFind(uuid, out _)) // it may still be active
                {
                    await environment.ForgetAsync(removed, cancellationToken);
                }

                environment.ConfigFiles.EndRemoval(removed.Name);
            }
            catch (Exception e) when (e is VirtNetException or IOException or UnauthorizedAccessException)
            {
                logger.StopStepFailed(removed.Name, "forget it", e);
            }
        }
    }

    /// <summary>Starts what is marked for it, if that was not done since boot.</summary>
    public async Task AutostartOnceAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(paths.AutostartedMarker))
        {
            await MarkAsync(cancellationToken);
            await AutostartAsync(cancellationToken);
        }
    }

    private async Task MarkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(paths.AutostartedMarker, "", cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.MarkerNotWritten(paths.AutostartedMarker, e.Message);
        }
    }

    /// <summary>SIGHUP: new and changed files on disk, hooks, services and rules, then every inactive autostart network.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        environment.Hooks.Reload();
        StoredNetworks onDisk = environment.ConfigFiles.LoadAll();
        List<string> troubles = [.. onDisk.Refused];
        await AddNewAsync(onDisk.Networks, troubles, cancellationToken);
        Say(troubles);
        await adoption.RebuildAsync(cancellationToken); // a definition may be readable only now, while its guests are there
        await Task.WhenAll(registry.All.Select(network => ReloadAsync(network, cancellationToken)));
    }

    /// <summary>Networks whose definitions are not known yet. Clients may define and undefine meanwhile: what they do is not undone.</summary>
    private async Task AddNewAsync(IEnumerable<StoredNetwork> stored, List<string> troubles, CancellationToken cancellationToken)
    {
        List<DefinitionClaim> claims = [];
        try
        {
            foreach (NetworkDefinition definition in stored.Select(network => Identified(network.Definition)))
            {
                try
                {
                    claims.Add(registry.ClaimStored(definition));
                }
                catch (VirtNetException e)
                {
                    SayClash(definition, e, troubles);
                }
            }

            await Task.WhenAll(claims.Select(claim => claim.Network)
                .Where(network => network.Snapshot.IsGone).Select(network => network.ReloadAsync(cancellationToken)));
        }
        finally
        {
            claims.ForEach(claim => claim.Dispose());
        }
    }

    /// <summary>Each by itself: one that hangs holds up no other, nor one that is gone by now.</summary>
    private async Task ReloadAsync(NetworkActor network, CancellationToken cancellationToken)
    {
        try
        {
            await network.ReloadAsync(cancellationToken);
            if (network.Snapshot.IsActive)
            {
                // What is lost at this moment is put back: only at the daemon's start does a bridge that is not there mean a boot.
                await network.RefreshAsync(cancellationToken);
            }
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return;
        }
#pragma warning disable CA1031 // the others are to be gone on with
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.StopStepFailed(network.Identity.Name, "go on with it", e);
        }

        if (network.Snapshot is { IsActive: false, Autostart: true })
        {
            await autostarts.StartAsync(network, cancellationToken);
        }
    }

    private Task AutostartAsync(CancellationToken cancellationToken) => Task.WhenAll(
        registry.All
            .Where(network => network.Snapshot is { Autostart: true, IsActive: false })
            .Select(network => autostarts.StartAsync(network, cancellationToken)));

    /// <summary>
    /// What ran, under the name that its definition has. A network that ran goes by another UUID than the one that is defined: its state
    /// keeps no definition away, and its bridge, if it has one, is left as it is.
    /// </summary>
    private IEnumerable<NetworkSnapshot> AsDefined(IReadOnlyList<NetworkSnapshot> states, IEnumerable<StoredNetwork> stored)
    {
        Dictionary<string, NetworkDefinition> byName = new(StringComparer.Ordinal);
        Dictionary<Guid, NetworkDefinition> byUuid = [];
        foreach (NetworkDefinition defined in stored.Select(network => network.Definition))
        {
            if (defined.Uuid is { } uuid && byUuid.TryAdd(uuid, defined))
            {
                byName.TryAdd(defined.Name, defined);
            }
        }

        HashSet<string> names = states.Select(state => state.Current.Name).ToHashSet(StringComparer.Ordinal);
        foreach (NetworkSnapshot state in states)
        {
            Guid uuid = state.Current.Uuid!.Value;
            NetworkDefinition? defined = byName.GetValueOrDefault(state.Current.Name) ?? byUuid.GetValueOrDefault(uuid);
            if (defined is null || (defined.Name == state.Current.Name && defined.Uuid == uuid))
            {
                yield return state;
            }
            else if (defined.Uuid != uuid)
            {
                logger.StateIsNotOfDefinition(state.Current.Name, uuid, defined.Name, defined.Uuid!.Value);
            }
            else if (names.Contains(defined.Name))
            {
                environment.StateFiles.Delete(state.Current.Name); // the last daemon was killed while it renamed it, and got that far
            }
            else
            {
                yield return Rename(state, defined.Name);
            }
        }
    }

    private NetworkSnapshot Rename(NetworkSnapshot state, string name)
    {
        string former = state.Live!.Name;
        NetworkSnapshot renamed = state with { Live = state.Live with { Name = name }, Unfinished = null };
        logger.RenamingWasUnfinished(former, name);
        foreach (NetworkPort port in renamed.Ports)
        {
            environment.StateFiles.SavePort(name, port);
        }

        environment.StateFiles.Save(renamed);
        environment.StateFiles.MoveRecords(former, name);
        environment.StateFiles.Delete(former);
        return renamed;
    }

    private NetworkActor? LoadOne(NetworkSnapshot snapshot, List<string> troubles)
    {
        try
        {
            return registry.Load(snapshot);
        }
        catch (VirtNetException e)
        {
            SayClash(snapshot.Current, e, troubles);
            return null;
        }
    }

    private void SayClash(NetworkDefinition definition, VirtNetException clash, List<string> troubles)
    {
        logger.DefinitionClashes(definition.Name, clash.Message);
        troubles.Add($"the definition of network {definition.Name} is not used: {clash.Message}");
    }

    /// <summary>A file written by hand may lack MAC and UUID; they are those of the network that runs, or chosen once, and written back.</summary>
    private NetworkDefinition CompleteStored(NetworkDefinition stored, List<string> troubles)
    {
        NetworkDefinition complete = Identified(stored);
        if (complete != stored)
        {
            try
            {
                environment.ConfigFiles.Save(complete);
            }
            catch (VirtNetException e)
            {
                logger.ChoicesNotStored(complete.Name, e.Message);
                troubles.Add($"network {complete.Name} gets another UUID or MAC address at each start of virtnetd: {e.Message}");
            }
        }

        return complete;
    }

    private NetworkDefinition Identified(NetworkDefinition stored)
    {
        Guid? known = registry.TryFind(stored.Name, out NetworkActor? network) ? network.Identity.Uuid : null;
        return NetworkDefaults.Repair(stored with { Uuid = stored.Uuid ?? known }, SystemRandom.Fill);
    }

    /// <summary>For whoever lists the networks and misses some.</summary>
    private void Say(List<string> troubles)
    {
        List<Condition> conditions =
            [.. troubles.Take(MaxTroubles).Select(trouble => new Condition(ConditionKind.Warning, trouble))];
        if (troubles.Count > MaxTroubles)
        {
            conditions.Add(new Condition(ConditionKind.Warning, string.Create(
                CultureInfo.InvariantCulture, $"{troubles.Count - MaxTroubles} more definitions have faults: see the log")));
        }

        environment.Conditions.Set(network: null, "definitions", conditions);
    }
}
