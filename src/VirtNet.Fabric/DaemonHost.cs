using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Frr;
using VirtNet.Fabric.Leases;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Syncing;
using VirtNet.Linux.Processes;

namespace VirtNet.Fabric;

/// <summary>The composition root of the daemon: who is made of what.</summary>
internal static class DaemonHost
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Runs until it is told to end.</summary>
    /// <exception cref="FabricException">It cannot begin.</exception>
    public static async Task RunAsync(CommandLine commandLine, FabricOptions options)
    {
        FabricPaths paths = commandLine.Paths;
        Directory.CreateDirectory(paths.StateDirectory, OnlyRoot);
        using FileStream held = Lock(paths.LockFile);
        using ServiceNotifier manager = ServiceNotifier.FromEnvironment();
        using LineLog log = new(Console.Error, TimeProvider.System, commandLine.Verbose, Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null);
        Member self = ThisHost.Find(options, paths);
        EtcdChannels channels = EtcdChannels.Open(options);
        await using EtcdStore store = new(channels, TimeProvider.System); // and its channels
        EndpointUpkeep endpoints = new(channels, paths.Endpoints, TimeProvider.System, new Logger<EndpointUpkeep>(log));
        endpoints.Load();
        FabricIdentity identity = new(paths.FabricIdentity);
        FabricWatch watch = new(store, identity, TimeProvider.System, new Logger<FabricWatch>(log));
        LocalSession local = new(paths.Socket, TimeProvider.System, new Logger<LocalSession>(log));
        using DefinitionFolder definitions = new(Path.Combine(paths.ConfigDirectory, "networks"), new Logger<DefinitionFolder>(log));
        Membership membership = new(store, identity, self, TimeProvider.System, new Logger<Membership>(log));
        SyncedNetworks synced = new(paths.Networks, new Logger<SyncedNetworks>(log));
        SyncProblems problems = new(new Logger<SyncProblems>(log));
        BlockClaims blocks = new(store, watch, self.Name, new Logger<BlockClaims>(log));
        using NetworkSync sync = new(store, watch, synced, blocks, problems, self, new Logger<NetworkSync>(log));
        LeaseSync leaseSync = new(store, watch, synced, blocks, self.Name, TimeProvider.System, new Logger<LeaseSync>(log));
        LeaseFollowing leases = new(watch, local, synced, leaseSync, TimeProvider.System, new Logger<LeaseFollowing>(log));
        LinkUpkeep link = new(watch, local, TimeProvider.System);
        FrrUpkeep frr = new(
            options.Frr switch
            {
                FrrUse.Own => new OwnFrrInstance(FrrSettings.Of(options, self), new FrrFiles(FabricPaths.Frr)),
                FrrUse.Shared => new SharedFrrInstance(FrrSettings.Of(options, self), new SharedFrrNote(paths.SharedFrr)),
                _ => null,
            },
            watch, self, TimeProvider.System, new Logger<FrrUpkeep>(log));
        StatusFile status = new(
            paths.Status, watch, local, membership, problems, self, manager, TimeProvider.System, new Logger<StatusFile>(log));
        FabricDaemon daemon = new(
            watch, local, definitions, membership, endpoints, frr, synced, sync, leases, link, problems, new ProblemReport(problems, synced), status, manager, TimeProvider.System,
            new Logger<FabricDaemon>(log));
        using CancellationTokenSource ending = new();
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        await daemon.RunAsync(ending.Token);

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            ending.Cancel();
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new FabricException($"another virtnet-fabricd runs here: {e.Message}", e);
        }
    }
}
