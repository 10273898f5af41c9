using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using VirtNet.Daemon.Access;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Driver;
using VirtNet.Daemon.Files;
using VirtNet.Daemon.Hooks;
using VirtNet.Daemon.Hosting;
using VirtNet.Daemon.Metrics;
using VirtNet.Daemon.Networks;
using VirtNet.Daemon.Publishing;
using VirtNet.Daemon.Spanning;
using VirtNet.Daemon.Subnets;
using VirtNet.Host;
using VirtNet.Host.Bus;
using VirtNet.Host.Commands;
using VirtNet.Host.Firewalld;
using VirtNet.Host.Interfaces;
using VirtNet.Host.Networks;
using VirtNet.Host.Resolved;
using VirtNet.Host.Watch;
using VirtNet.Linux.Processes;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Server;
using VirtNet.Rpc.Server.Connections;
using VirtNet.Services.Networks;
using VirtNet.Services.Sockets;

namespace VirtNet.Daemon;

/// <summary>The composition root: who is made of what.</summary>
internal static class DaemonHost
{
    /// <summary>Builds the daemon. Networks are loaded into memory; nothing listens yet, and the host is untouched.</summary>
    public static async Task<IHost> BuildAsync(
        CommandLine commandLine, LoadedConfiguration configuration, HangupSignal hangup, NextProgram next,
        InstanceLocks instance)
    {
        DaemonOptions options = configuration.Options;
        IReadOnlyList<PassedSocket> passed = [.. PassedSocket.OfManager(), .. PassedSocket.OfFormerProgram(commandLine.InheritedSockets)];
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "virtnetd" });
        IServiceCollection services = builder.Services;
        AddLogging(builder.Logging, new LogVerbosity(commandLine.Verbose ? LogLevel.Debug : LogLevel.Information));
        AddSockets(services, passed);
        services.AddSingleton(hangup);
        services.AddSingleton(next);
        services.AddSingleton(instance);
        services.AddSingleton(commandLine);
        services.AddSingleton(commandLine.Paths);
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ConditionBoard>();
        services.AddSingleton<ICommandRunner>(new CliWrapCommandRunner(commandLine.Paths.RuntimeDirectory));
        services.AddSingleton<SystemBus>(_ => new SystemBus());
        services.AddSingleton<FirewallChoice>();
        services.AddSingleton<FirewallTally>();
        services.AddSingleton(provider => provider.GetRequiredService<FirewallTally>().Count(provider.GetRequiredService<FirewallChoice>().Backend));
        services.AddSingleton(provider => provider.GetRequiredService<FirewallChoice>().Neighbours);
        services.AddSingleton(provider => provider.GetRequiredService<FirewallChoice>().MakeSpanFirewall());
        services.AddSingleton(provider => provider.GetRequiredService<FirewallChoice>().MakeHairpinTable());
        services.AddSingleton(provider => provider.GetRequiredService<FirewallChoice>().Flows);
        services.AddSingleton<IFirewalld, BusFirewalld>();
        services.AddSingleton<FirewalldZones>();
        services.AddSingleton<FirewalldWatch>();
        services.AddSingleton<IResolved, BusResolved>();
        services.AddSingleton<LinkNameServers>();
        services.AddSingleton<FirewallUpkeep>();
        services.AddSingleton<RepairTally>();
        services.AddSingleton<INetworkHost, NetworkHost>();
        services.AddSingleton(new NetworkServicesOptions
        {
            StateDirectory = commandLine.Paths.StateDirectory,
            TftpFollowLinks = options.TftpFollowLinks,
        });
        services.AddSingleton<INetworkServices, NetworkServices>();
        AddNetworks(services);
        AddRpc(services, options);
        AddMetrics(services);

        // Hosted services start in this order: which networks run is settled before clients may connect.
        services.AddHostedService<StopLimit>(); // first, so that nothing is exempt
        services.AddHostedService<LeaseJournal>();
        AddHosted<NetworkService>(services);
        AddHosted<RpcService>(services);
        services.AddHostedService<MetricsEndpoint>();
        services.AddHostedService<FileUpkeep>();
        services.AddHostedService<MemoryTrimmer>();
        services.AddHostedService<Reloader>();
        services.AddHostedService<Restarter>();
        services.AddSingleton<ServiceStatus>();
        services.AddHostedService<Supervision>(); // the last: it says that all is ready
        IHost host = builder.Build();
        _ = host.Services.GetRequiredService<SystemdSockets>(); // and with them what networks take over
        ILogger logger = host.Services.GetRequiredService<ILogger<Reloader>>();
        foreach (string warning in configuration.Warnings)
        {
            logger.ConfigurationWarning(warning);
        }

        await host.Services.GetRequiredService<FirewallChoice>().MakeAsync();
        host.Services.GetRequiredService<NetworkLoader>().Load();
        return host;
    }

    /// <summary>For one that others use too.</summary>
    private static void AddHosted<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }

    private static void AddMetrics(IServiceCollection services)
    {
        services.AddSingleton(provider => new DaemonReading(
            provider.GetRequiredService<NetworkRegistry>(),
            provider.GetRequiredService<ConditionBoard>(),
            provider.GetRequiredService<INetworkServices>(),
            provider.GetRequiredService<RepairTally>(),
            provider.GetRequiredService<FirewallTally>(),
            () => ClientReading.Of(provider.GetRequiredService<RpcServer>())));
        services.AddSingleton(provider => new MetricsText(
            provider.GetRequiredService<DaemonReading>(), DaemonReports.Version, provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddSockets(IServiceCollection services, IReadOnlyList<PassedSocket> passed)
    {
        ServiceNotifier manager = ServiceNotifier.FromEnvironment();
        services.AddSingleton(_ => manager);
        if (manager.IsThere)
        {
            DescriptorStore store = new(manager);
            passed = store.Open(passed);
            services.AddSingleton<ISocketHolder>(_ => store);
        }

        services.AddSingleton(provider => new KeptSockets(
            provider.GetService<ISocketHolder>(), provider.GetRequiredService<ILogger<KeptSockets>>()));
        services.AddSingleton(provider => SystemdSockets.Of(passed, provider.GetRequiredService<KeptSockets>()));
    }

    private static void AddNetworks(IServiceCollection services)
    {
        services.AddSingleton<NetworkConfigFiles>();
        services.AddSingleton<NetworkStateFiles>();
        services.AddSingleton<MacMapFiles>();
        services.AddSingleton<NetworkFilesUpkeep>();
        services.AddSingleton<HookScripts>();
        services.AddSingleton<NetworkEvents>();
        services.AddSingleton<TargetHealth>();
        services.AddSingleton<LoopbackRelays>();
        services.AddSingleton(provider => new HeldPorts(port => port.Open(), provider.GetRequiredService<ILogger<HeldPorts>>()));
        services.AddSingleton<RunningNetworks>();
        services.AddSingleton<NetworkPublishing>();
        services.AddSingleton<FabricLink>();
        services.AddSingleton<NetworkSpanning>();
        services.AddSingleton<NetworkEnvironment>();
        services.AddSingleton<NetworkRegistry>();
        services.AddSingleton<NetworkRepairs>();
        services.AddSingleton<Autostarts>();
        services.AddSingleton<FabricWait>();
        services.AddSingleton<BridgeRecords>();
        services.AddSingleton<GuestFollowing>();
        services.AddSingleton<NetworkLoader>();
        services.AddSingleton<NetworkAdoption>();
    }

    private static void AddRpc(IServiceCollection services, DaemonOptions options)
    {
        services.AddSingleton<DefinitionIntake>();
        services.AddSingleton<SubnetSearch>();
        services.AddSingleton<INetworkDriver, NetworkDriver>();
        services.AddSingleton<HostInterfaces>();
        services.AddSingleton<IInterfaceDriver, InterfaceDriver>();
        services.AddSingleton<INetworkEventSource>(provider => provider.GetRequiredService<NetworkEvents>());
        services.AddSingleton<ILeaseEventSource, LeaseEvents>();
        services.AddSingleton<IVirtNetExtensions, VirtNetExtensions>();
        services.AddSingleton(provider => new DaemonReports(
            provider.GetRequiredService<NetworkRegistry>(),
            provider.GetRequiredService<ConditionBoard>(),
            provider.GetRequiredService<RepairTally>(),
            provider.GetRequiredService<FirewallChoice>().Backend.Name,
            provider.GetRequiredService<FirewallChoice>().Neighbours,
            provider.GetRequiredService<INetworkServices>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MetricsText>(),
            () => provider.GetRequiredService<RpcServer>().ClientCount));
        services.AddSingleton(new RpcServerOptions { AcceptHypervisorUris = options.AcceptHypervisorUris });
        services.AddSingleton<RpcServer>();
        if (options.AskPolkit)
        {
            services.AddSingleton<IClientAuthority>(provider =>
                new PolkitAuthority(provider.GetRequiredService<SystemBus>(), Environment.IsPrivilegedProcess));
        }
    }

    private static void AddLogging(ILoggingBuilder logging, LogVerbosity verbosity)
    {
        logging.Services.AddSingleton(verbosity);
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter(verbosity.Includes);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        if (JournalLog.IsThere)
        {
            logging.Services.AddSingleton<ILoggerProvider>(_ => new JournalLog(JournalLog.JournalSocket));
            return;
        }

        logging.Services.AddSingleton<ConsoleFormatter, LogLines>();
        logging.AddConsole(console => console.FormatterName = LogLines.FormatterName);
    }
}
