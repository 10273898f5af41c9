using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Syncing;
using VirtNet.Linux.Files;
using VirtNet.Linux.Processes;

namespace VirtNet.Fabric.Serving;

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
        Member self = Self(options, paths);
        await using EtcdStore store = EtcdStore.Open(options, TimeProvider.System);
        FabricWatch watch = new(store, TimeProvider.System, new Logger<FabricWatch>(log));
        LocalSession local = new(paths.Socket, TimeProvider.System, new Logger<LocalSession>(log));
        using DefinitionFolder definitions = new(Path.Combine(paths.ConfigDirectory, "networks"), new Logger<DefinitionFolder>(log));
        Membership membership = new(store, self, TimeProvider.System, new Logger<Membership>(log));
        SyncedNetworks synced = new(paths.Networks, new Logger<SyncedNetworks>(log));
        SyncProblems problems = new(new Logger<SyncProblems>(log));
        BlockClaims blocks = new(store, watch, self.Name, new Logger<BlockClaims>(log));
        NetworkSync sync = new(store, watch, synced, blocks, problems, self, new Logger<NetworkSync>(log));
        StatusFile status = new(
            paths.Status, watch, local, membership, problems, self, manager, TimeProvider.System, new Logger<StatusFile>(log));
        FabricDaemon daemon = new(
            watch, local, definitions, membership, synced, sync, problems, status, manager, TimeProvider.System, new Logger<FabricDaemon>(log));
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

    /// <summary>Who this host is.</summary>
    /// <exception cref="FabricException">It has no address that others could reach.</exception>
    public static Member Self(FabricOptions options, FabricPaths paths)
    {
        string name = options.Name ?? Environment.MachineName.Split('.')[0];
        return HostName.IsValid(name)
            ? new Member(name, Identity(paths.Identity), options.Address ?? OwnAddress(), Version)
            : throw new FabricException($"'{name}' cannot be the name of a host: name = \"…\" in {paths.Settings} gives it another one");
    }

    private static string Version => typeof(DaemonHost).Assembly.GetName().Version!.ToString(fieldCount: 3);

    /// <summary>Made up once.</summary>
    private static Guid Identity(string path)
    {
        if (File.Exists(path) && Guid.TryParse(File.ReadAllText(path).Trim(), out Guid known))
        {
            return known;
        }

        Guid made = Guid.NewGuid();
        AtomicFile.Write(path, $"{made}\n", durable: true);
        return made;
    }

    /// <summary>Where packets to far away come from.</summary>
    private static string OwnAddress()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9)); // nothing is sent: it asks for the route
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException e)
        {
            throw new FabricException($"this host has no default route: address = \"…\" in the settings has to say where others reach it ({e.Message})", e);
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
