using Microsoft.Extensions.Time.Testing;
using VirtNet.Cli.Bridges;
using VirtNet.Cli.Output;
using VirtNet.Cli.Running;
using VirtNet.Cli.Tests.Fakes;

namespace VirtNet.Cli.Tests;

/// <summary>The whole program against the fake daemon.</summary>
internal sealed class CommandLine
{
    private const string DefaultUri = "network:///system?socket=/test";

    public FakeConnector Connector { get; } = new();

    public FakeNetworkDriver Daemon => Connector.Driver;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 18, 13, 41, 714, TimeSpan.Zero));

    public FakeEditor Editor { get; } = new();

    public Dictionary<string, string> Variables { get; } = new() { ["VIRTNET_DEFAULT_URI"] = DefaultUri };

    public bool Interactive { get; set; }

    /// <summary>The screen that both streams go to when somebody reads along.</summary>
    public Look Look { get; set; } = Look.Plain;

    /// <summary>Where standard output goes; null = into the outcome.</summary>
    public TextWriter? StandardOutput { get; set; }

    public Func<string?>? Answer { get; set; }

    public FakeVirsh Virsh { get; }

    /// <summary>How the fabric's program ends; null = it is not installed.</summary>
    public int? FabricStatus { get; set; }

    /// <summary>What it prints when it is asked; null = it cannot be.</summary>
    public string? FabricAnswer { get; set; }

    public IReadOnlyList<string>? FabricArguments { get; private set; }

    public List<PluggedDevice> BridgePorts { get; } = [];

    public Dictionary<string, uint> BridgeMtus { get; } = [];

    public Exception? BridgePortsFailure { get; set; }

    public string Input { get; set; } = "";

    public IKeyboard? Keyboard { get; set; }

    public InterruptWatch Interrupt { get; } = new();

    public CommandLine() => Virsh = new FakeVirsh(Daemon);

    public async Task<Outcome> RunAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        CliEnvironment environment = new()
        {
            Time = Time,
            Variable = name => Variables.GetValueOrDefault(name),
            Editor = Editor,
            Answer = Answer,
            Virsh = _ => Virsh,
            Fabric = (given, _) =>
            {
                FabricArguments = given;
                return Task.FromResult(FabricStatus);
            },
            FabricAnswer = (_, _) => Task.FromResult(FabricAnswer),
            BridgePorts = _ => BridgePortsFailure is null ? BridgePorts : throw BridgePortsFailure,
            Input = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Input)),
            Keyboard = Keyboard,
            UserName = () => "ada",
            BridgeMtu = bridge => BridgeMtus.TryGetValue(bridge, out uint mtu) ? mtu : null,
            WatchInterrupt = () => Interrupt,
        };
        Terminal terminal = new(StandardOutput ?? output, error)
        {
            ErrorIsInteractive = Interactive,
            ErrorColumns = Look.Columns,
            Look = Look,
        };
        int status = await new VirtNetCommand(environment, terminal, _ => Connector).RunAsync(
            arguments, TestContext.Current.CancellationToken);
        return new Outcome(output.ToString(), error.ToString(), status);
    }

    /// <summary>Everything that a caller of the program sees.</summary>
    internal sealed record Outcome(string Output, string Error, int Status)
    {
        /// <summary>It did what it should and said nothing else.</summary>
        public void Is(string output, string error = "", int status = 0) =>
            Assert.Equal(new Outcome(output, error, status), this);

        /// <summary>It failed with these lines, and the empty line that ends every command.</summary>
        public void Fails(string error) => Is("\n", error, status: 1);
    }
}
