using VirtNet.Cli;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Editing;
using VirtNet.Cli.Guests;
using VirtNet.Cli.Output;
using VirtNet.Cli.Shell;

Terminal terminal = Terminal.ForProcess();
CliEnvironment environment = new()
{
    Time = TimeProvider.System,
    Variable = Environment.GetEnvironmentVariable,
    Editor = new ProcessEditor(Environment.GetEnvironmentVariable),
    Answer = Console.IsInputRedirected ? null : Console.ReadLine,
    Input = Console.In,
    Keyboard = Console.IsInputRedirected || Console.IsOutputRedirected ? null : new ConsoleKeyboard(),
    Virsh = uri => new Virsh(uri, new CliWrapPrograms()),
    BridgePorts = BridgePort.Of,
    WatchInterrupt = InterruptWatch.OnSignals,
};
DaemonStarter starter = new(
    terminal, environment.Time, AppContext.BaseDirectory, Environment.GetEnvironmentVariable, new CliWrapPrograms());
return await new VirtNetCommand(environment, terminal, options => new LibvirtConnector(options.NoAutostart ? null : starter))
    .RunAsync(args, CancellationToken.None);
