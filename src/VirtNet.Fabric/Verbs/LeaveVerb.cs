using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Local;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
using VirtNet.Fabric.Syncing;
using VirtNet.Linux.Processes;
using VirtNet.Model;
using VirtNet.Rpc.Client;

namespace VirtNet.Fabric.Verbs;

/// <summary>
/// Takes this host out of the fabric: its networks are the fabric's and go with it. Or, with force, another host that is gone: its
/// blocks of addresses are given out again.
/// </summary>
internal static class LeaveVerb
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(VerbContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        VerbArguments arguments = VerbArguments.Parse("leave", words, maxWords: 1, flags: ["--force"], values: []);
        bool force = arguments.Flags.Contains("--force");
        FabricOptions options = context.Options;
        try
        {
            await using EtcdStore store = EtcdStore.Open(options, context.Time);
            await (arguments.Words is [var name]
                ? RemoveOtherAsync(store, name, force, cancellationToken)
                : LeaveAsync(context, options, store, force, cancellationToken));
            return 0;
        }
        catch (StoreUnavailableException e)
        {
            throw new FabricException(e.Message, e);
        }
    }

    private static async Task RemoveOtherAsync(EtcdStore store, string name, bool force, CancellationToken cancellationToken)
    {
        FabricView view = FabricView.Of(await store.ReadAsync(FabricKeys.All, cancellationToken));
        if (!view.Members.ContainsKey(name))
        {
            throw new FabricException($"the fabric has no member {name}");
        }

        if (view.Alive.Contains(name))
        {
            throw new FabricException($"member {name} is up: `virtnet fabric leave` on that host takes it out");
        }

        if (!force)
        {
            throw new FabricException(
                $"member {name} is down, but may still serve guests: its addresses would be given out a second time. --force, if it is gone for good");
        }

        await RemoveAsync(store, view, name, endsLeases: false, cancellationToken);
    }

    private static async Task LeaveAsync(
        VerbContext context, FabricOptions options, EtcdStore store, bool force, CancellationToken cancellationToken)
    {
        Member self = ThisHost.Find(options, context.Paths);
        FabricView? view = await ReadAsync(context, store, force, cancellationToken);
        await using LibvirtConnection connection = await ConnectAsync(context, cancellationToken);
        VirtnetdNetworks local = new(connection);
        LocalNetwork[] networks = await FindAsync(context, local, cancellationToken);
        if (networks.FirstOrDefault(network => network.IsActive) is { } active && !force)
        {
            throw new FabricException($"network {active.Ref.Name} of the fabric is active here: net-destroy it first, or leave with --force, which does so");
        }

        await EndDaemonAsync(context, cancellationToken); // before anything it would share: that a network is undefined, too
        foreach (LocalNetwork network in networks)
        {
            await local.UndefineAsync(network.Ref, cancellationToken);
            if (network.IsActive)
            {
                await connection.DestroyAsync(network.Ref, cancellationToken);
            }
        }

        if (view?.Members.GetValueOrDefault(self.Name)?.Id == self.Id)
        {
            await RemoveAsync(store, view, self.Name, endsLeases: true, cancellationToken);
            await LeaveEtcdAsync(context, options, cancellationToken);
        }

        await FrrProgram.EndAsync(context, options, cancellationToken);
        RemoveFiles(context.Paths);
        await context.Output.WriteLineAsync($"This host is in no fabric any more; {networks.Length} networks of the fabric are undefined here");
    }

    /// <summary>Null where etcd does not answer, and the host leaves none the less.</summary>
    private static async Task<FabricView?> ReadAsync(VerbContext context, EtcdStore store, bool force, CancellationToken cancellationToken)
    {
        try
        {
            return FabricView.Of(await store.ReadAsync(FabricKeys.All, cancellationToken));
        }
        catch (StoreUnavailableException e) when (force)
        {
            await context.Error.WriteLineAsync(
                $"warning: {e.Message}: the others keep this host as a member until one of them takes it out (leave --force NAME)");
            return null;
        }
    }

    private static void RemoveFiles(FabricPaths paths)
    {
        File.Delete(paths.Settings);
        if (Directory.Exists(paths.Networks))
        {
            Directory.Delete(paths.Networks, recursive: true);
        }

        foreach (string file in (string[])[paths.Status, paths.FabricIdentity, paths.Endpoints, paths.KeyFile, paths.CertificateFile])
        {
            if (File.Exists(file)) // which their folders may not do either
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Its own member of etcd goes too, if it has one. What is only the authority's stays: others may still be invited from here.</summary>
    private static async Task LeaveEtcdAsync(VerbContext context, FabricOptions options, CancellationToken cancellationToken)
    {
        FabricPaths paths = context.Paths;
        if (File.Exists(paths.EtcdSettings))
        {
            using EtcdChannels channels = EtcdChannels.Open(options);
            EtcdCluster cluster = new(channels, context.Time);
            string peerUrl = EtcdSettings.PeerUrlOf(options.Address!);
            IReadOnlyList<EtcdPeer> peers = await cluster.ListAsync(cancellationToken);
            if (peers.Count > 1 && peers.FirstOrDefault(peer => peer.PeerUrls.Contains(peerUrl)) is { } self)
            {
                await cluster.RemoveAsync(self.Id, cancellationToken);
            }

            if (await ServiceUnits.HasAsync(ServiceUnits.Etcd, cancellationToken))
            {
                await ServiceUnits.DisableAsync(ServiceUnits.Etcd, cancellationToken);
                await ServiceUnits.CleanAsync(ServiceUnits.Etcd, cancellationToken);
            }

            File.Delete(paths.EtcdSettings);
        }
    }

    private static async Task<LibvirtConnection> ConnectAsync(VerbContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await LibvirtConnection.OpenAsync(LibvirtUri.ForSocket(context.Paths.Socket), new LibvirtConnectionOptions(), cancellationToken);
        }
        catch (VirtNetException e)
        {
            throw new FabricException($"networks of the fabric cannot be undefined here: {e.Message}", e);
        }
    }

    /// <summary>Those that this host has of the fabric.</summary>
    private static async Task<LocalNetwork[]> FindAsync(VerbContext context, VirtnetdNetworks local, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(context.Paths.Networks))
        {
            return [];
        }

        List<LocalNetwork> networks = [];
        foreach (SyncedNetwork synced in new SyncedNetworks(context.Paths.Networks, NullLogger<SyncedNetworks>.Instance).All)
        {
            if (await local.FindAsync(synced.Uuid, cancellationToken) is { } network)
            {
                networks.Add(network);
            }
        }

        return [.. networks];
    }

    private static async Task EndDaemonAsync(VerbContext context, CancellationToken cancellationToken)
    {
        if (await ServiceUnits.HasAsync(ServiceUnits.Daemon, cancellationToken))
        {
            await ServiceUnits.DisableAsync(ServiceUnits.Daemon, cancellationToken);
        }
        else if (DaemonStatus.Read(context.Paths.Status) is { IsRunning: true } status)
        {
            RunningProcess daemon = new(status.Process);
            daemon.Signal(RunningProcess.Terminate);
            if (!await daemon.EndsWithinAsync(EndPatience, context.Time, cancellationToken))
            {
                throw new FabricException($"virtnet-fabricd (process {status.Process}) does not end");
            }
        }
    }

    /// <summary>Another host of that name is to be none by chance.</summary>
    private static IEnumerable<StoreWrite> WithoutReflector(FabricView view, string name) =>
        view.Reflectors.Contains(name) ? [ReflectorList.Write(view.Reflectors.Remove(name))] : [];

    private static async Task RemoveAsync(EtcdStore store, FabricView view, string name, bool endsLeases, CancellationToken cancellationToken)
    {
        // Blocks before the member: what is left of them after a failure is found again by its name. Of a host that is gone what its
        // guests have stays theirs until it ends by itself: they may still run.
        IEnumerable<StoreWrite> leases = endsLeases
            ? view.Leases.SelectMany(network => network.Value.Where(lease => lease.Value.Lease.Host == name)
                .Select(lease => new StoreWrite.Remove(FabricKeys.Lease(network.Key, lease.Key))))
            : [];
        IEnumerable<StoreWrite> blocks = view.Blocks.SelectMany(network => network.Value.Where(block => block.Value == name)
            .Select(block => new StoreWrite.Remove(FabricKeys.Block(network.Key, block.Key))));
        foreach (StoreWrite[] some in leases.Concat(blocks).Chunk(StoreTransaction.MaxEntries))
        {
            await store.CommitAsync(new StoreTransaction([], some), cancellationToken);
        }

        await store.CommitAsync(
            new StoreTransaction(
                [],
                [new StoreWrite.Remove(FabricKeys.Host(name)), new StoreWrite.Remove(FabricKeys.AliveHost(name)), .. WithoutReflector(view, name)]),
            cancellationToken);
    }
}
