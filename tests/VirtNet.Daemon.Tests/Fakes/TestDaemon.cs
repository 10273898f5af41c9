using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Driver;
using VirtNet.Daemon.Files;
using VirtNet.Daemon.Hooks;
using VirtNet.Daemon.Metrics;
using VirtNet.Daemon.Networks;
using VirtNet.Daemon.Publishing;
using VirtNet.Daemon.Spanning;
using VirtNet.Daemon.Subnets;
using VirtNet.Host;
using VirtNet.Host.Watch;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Fakes;

/// <summary>The daemon's networks with real files, on a host and with services that are not real.</summary>
internal sealed class TestDaemon : IAsyncDisposable, ICommandRunner
{
    private readonly string _folder = Directory.CreateTempSubdirectory("daemon-").FullName;

    private readonly DaemonOptions _options;

    private SubnetSearch? _subnets;

    private TargetHealth _health;

    /// <summary>Holds nothing: ports of the machine are not the tests'.</summary>
    private HeldPorts Held { get; } = new(_ => new MemoryStream(), NullLogger<HeldPorts>.Instance);

    public TestDaemon(DaemonOptions? options = null)
    {
        _options = options ?? new DaemonOptions();
        Paths = new DaemonPaths(_folder, Path.Combine(_folder, "lib"), Path.Combine(_folder, "run"));
        Build();
    }

    [MemberNotNull(nameof(_health), nameof(Registry), nameof(HookScripts), nameof(Driver), nameof(Extensions), nameof(Reports), nameof(Metrics), nameof(Autostarts), nameof(Loader), nameof(Adoption), nameof(FilesUpkeep))]
    private void Build()
    {
        Paths.Create();
        NetworkEvents events = new();
        events.Subscribe(Events.Add);
        HookScripts = new HookScripts(Paths, this, Conditions, Clock, NullLogger<HookScripts>.Instance);
        RunningNetworks running = new();
        _health = new TargetHealth(Clock);
        NetworkPublishing publishing = new(Host, Services, Conditions, _health, new LoopbackRelays(Clock), Held, running, _options);
        NetworkEnvironment environment = new(
            Host,
            Services,
            new NetworkConfigFiles(Paths, NullLogger<NetworkConfigFiles>.Instance),
            new NetworkStateFiles(Paths, Conditions, NullLogger<NetworkStateFiles>.Instance),
            new MacMapFiles(Paths, NullLogger<MacMapFiles>.Instance),
            HookScripts,
            events,
            Conditions,
            publishing,
            new NetworkSpanning(Host, publishing, Services, new FabricLink(Clock), Conditions),
            running,
            NullLogger<NetworkActor>.Instance);
        Registry = new NetworkRegistry(environment);
        DefinitionIntake intake = new(Registry, environment, NullLogger<DefinitionIntake>.Instance);
        Adoption = new NetworkAdoption(Registry, environment, Clock, NullLogger<NetworkAdoption>.Instance);
        Driver = new NetworkDriver(Registry, environment, intake, Adoption, new FabricWait(environment, Clock));
        FilesUpkeep = new NetworkFilesUpkeep(Paths, Registry, Conditions, TimeProvider.System, NullLogger<NetworkFilesUpkeep>.Instance);
        _subnets?.Dispose();
        _subnets = new SubnetSearch(Registry, Host, Clock);
        DaemonReading reading = new(Registry, Conditions, Services, Repairs, Firewall, () => new ClientReading(1, 20, 2));
        Metrics = new MetricsText(reading, "0.1.0", Clock);
        Reports = new DaemonReports(
            Registry, Conditions, Repairs, "nftables", neighbours: null, Services, Clock, Metrics, clients: () => 1);
        Extensions = new VirtNetExtensions(Registry, environment, intake, Adoption, _subnets, Reports, new LogVerbosity(LogLevel.Information), TimeProvider.System);
        Autostarts = new Autostarts(environment, Clock, NullLogger<Autostarts>.Instance);
        Loader = new NetworkLoader(Registry, environment, Adoption, Autostarts, Paths, NullLogger<NetworkLoader>.Instance);
    }

    public DaemonPaths Paths { get; }

    public FakeTimeProvider Clock { get; } = new();

    public ConditionBoard Conditions { get; } = new();

    public FakeNetworkHost Host { get; } = new();

    public FakeNetworkServices Services { get; } = new();

    public NetworkDriver Driver { get; private set; }

    public VirtNetExtensions Extensions { get; private set; }

    public RepairTally Repairs => field ??= new RepairTally(Clock);

    public DaemonReports Reports { get; private set; }

    public FirewallTally Firewall { get; } = new();

    public MetricsText Metrics { get; private set; }

    public Autostarts Autostarts { get; private set; }

    public NetworkLoader Loader { get; private set; }

    public NetworkAdoption Adoption { get; private set; }

    public NetworkFilesUpkeep FilesUpkeep { get; private set; }

    public List<NetworkEvent> Events { get; } = [];

    public NetworkRegistry Registry { get; private set; }

    public HookScripts HookScripts { get; private set; }

    /// <summary>What hook scripts were called with.</summary>
    public List<HostCommand> Hooks { get; } = [];

    /// <summary>Says of a call of a hook script why it fails; null = it does not.</summary>
    public Func<HostCommand, string?> RefuseHook { get; set; } = _ => null;

    /// <summary>What a hook script does; by default it succeeds at once.</summary>
    public Func<HostCommand, CancellationToken, Task> Hook { get; set; } = (_, _) => Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Defines and starts a network, or only starts it.</summary>
    public async Task<NetworkRef> StartAsync(string xml, bool persistent = true)
    {
        NetworkRef network;
        if (persistent)
        {
            network = await Driver.DefineAsync(xml, 0, Token);
            await Driver.StartAsync(network, Token);
        }
        else
        {
            network = await Driver.CreateAsync(xml, 0, Token);
        }

        Events.Clear();
        Hooks.Clear();
        Services.Applied.Clear();
        return network;
    }

    public Task<Redefinition> RedefineAsync(string xml, RedefineFlags flags = RedefineFlags.None) =>
        Extensions.RedefineAsync(xml, flags, Token);

    /// <summary>All that a network is at this moment, on the host, for guests and on disk.</summary>
    public async Task<string> StateAsync(NetworkRef network) => string.Join(
        "\n",
        await Driver.GetXmlAsync(network, 0, Token),
        await Driver.GetXmlAsync(network, 1, Token),
        Text(Host.Held[network.Uuid]),
        Text(Services.Served[network.Uuid]),
        await File.ReadAllTextAsync(Path.Combine(Paths.NetworkStates, network.Name + ".xml"), Token),
        File.Exists(ConfigOf(network)) ? await File.ReadAllTextAsync(ConfigOf(network), Token) : "no definition");

    public string ConfigOf(NetworkRef network) => Path.Combine(Paths.NetworkConfigs, network.Name + ".xml");

    /// <summary>A hook script, so that hooks are called.</summary>
    public void AddHook()
    {
        Directory.CreateDirectory(Paths.Hooks);
        string script = Path.Combine(Paths.Hooks, "network");
        File.WriteAllText(script, "");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>Another daemon takes over what this one left behind.</summary>
    /// <param name="meanwhile">What happens between the two.</param>
    /// <param name="adopted">Whether to wait until it serves what runs.</param>
    public async Task RestartAsync(Action? meanwhile = null, bool adopted = true)
    {
        await Registry.DisposeAsync();
        await _health.DisposeAsync();
        HookScripts.Dispose();
        Services.Served.Clear();
        meanwhile?.Invoke();
        Build();
        Loader.Load();
        await Loader.EndRemovalsAsync(Token);
        await Adoption.SettleAsync(Token);
        _ = Adoption.BeginAsync(Token); // what waits is asked for by tests themselves
        if (adopted)
        {
            await Adoption.EndedAsync(Token);
        }
    }

    public NetworkActor Network(NetworkRef network) =>
        Registry.TryFind(network.Uuid, out NetworkActor? found) ? found : throw new KeyNotFoundException(network.Name);

    async Task<string> ICommandRunner.RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        lock (Hooks)
        {
            Hooks.Add(command);
        }

        await Hook(command, cancellationToken);
        return RefuseHook(command) is { } reason ? throw new HostCommandException(command, 1, reason) : "";
    }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        await _health.DisposeAsync();
        HookScripts.Dispose();
        _subnets?.Dispose();
        Services.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(NetworkDefinition network) => NetworkXml.Format(network);
}
