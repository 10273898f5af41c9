using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Local;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
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

        await RemoveAsync(store, view, name, cancellationToken);
    }

    private static async Task LeaveAsync(
        VerbContext context, FabricOptions options, EtcdStore store, bool force, CancellationToken cancellationToken)
    {
        string name = ThisHost.Find(options, context.Paths).Name;
        FabricView view = FabricView.Of(await store.ReadAsync(FabricKeys.All, cancellationToken));
        await using LibvirtConnection connection = await ConnectAsync(context, cancellationToken);
        VirtnetdNetworks local = new(connection);
        LocalNetwork[] networks = await FindAsync(local, view, cancellationToken);
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

        await RemoveAsync(store, view, name, cancellationToken);
        File.Delete(context.Paths.Settings);
        if (Directory.Exists(context.Paths.Networks))
        {
            Directory.Delete(context.Paths.Networks, recursive: true);
        }

        File.Delete(context.Paths.Status);
        await context.Output.WriteLineAsync($"This host is in no fabric any more; {networks.Length} networks of the fabric are undefined here");
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

    private static async Task<LocalNetwork[]> FindAsync(VirtnetdNetworks local, FabricView view, CancellationToken cancellationToken)
    {
        List<LocalNetwork> networks = [];
        foreach (Guid uuid in view.Networks.Keys)
        {
            if (await local.FindAsync(uuid, cancellationToken) is { } network)
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

    private static async Task RemoveAsync(EtcdStore store, FabricView view, string name, CancellationToken cancellationToken)
    {
        // Blocks before the member: what is left of them after a failure is found again by its name.
        foreach ((Guid network, var blocks) in view.Blocks)
        {
            foreach (StoreWrite[] some in blocks.Where(block => block.Value == name)
                .Select(block => (StoreWrite)new StoreWrite.Remove(FabricKeys.Block(network, block.Key))).Chunk(64))
            {
                await store.CommitAsync(new StoreTransaction([], some), cancellationToken);
            }
        }

        await store.CommitAsync(
            new StoreTransaction([], [new StoreWrite.Remove(FabricKeys.Host(name)), new StoreWrite.Remove(FabricKeys.AliveHost(name))]),
            cancellationToken);
    }
}
