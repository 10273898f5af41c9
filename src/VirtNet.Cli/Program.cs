using VirtNet.Cli;
using VirtNet.Cli.Bridges;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Editing;
using VirtNet.Cli.Guests;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Cli.Running;
using VirtNet.Cli.Shell;

StandardStream.Guard();
Terminal terminal = Terminal.ForProcess(Environment.GetEnvironmentVariable);

// A thread of the runtime's own, of which no command knows, would end the process with a stack trace.
AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
{
    FailureReport.WriteLast(terminal, (Exception)unhandled.ExceptionObject);
    Environment.Exit(1);
};
try
{
    return await RunAsync();
}
#pragma warning disable CA1031 // the last place where anything can be said about it
catch (Exception e)
#pragma warning restore CA1031
{
    FailureReport.WriteLast(terminal, e);
    return 1;
}

async Task<int> RunAsync()
{
    bool asked = StandardStream.Input.IsTerminal;
    CliEnvironment environment = new()
    {
        Time = TimeProvider.System,
        Variable = Environment.GetEnvironmentVariable,
        Editor = new ProcessEditor(Environment.GetEnvironmentVariable),
        Answer = asked ? Console.ReadLine : null,
        Input = StandardStream.Input,
        Keyboard = asked && StandardStream.Output.IsTerminal ? new ConsoleKeyboard() : null,
        Virsh = uri => new Virsh(uri, new CliWrapPrograms()),
        Fabric = new FabricProgram(AppContext.BaseDirectory).RunAsync,
        FabricAnswer = new FabricProgram(AppContext.BaseDirectory).AnswerAsync,
        BridgePorts = PluggedDevice.Of,
        BridgeMtu = PluggedDevice.MtuOf,
        UserName = () => Environment.UserName,
        WatchInterrupt = InterruptWatch.OnSignals,
    };
    DaemonStarter starter = new(
        terminal, environment.Time, AppContext.BaseDirectory, Environment.GetEnvironmentVariable, new CliWrapPrograms());
    return await new VirtNetCommand(environment, terminal, options => new LibvirtConnector(options.NoAutostart ? null : starter))
        .RunAsync(args, CancellationToken.None);
}
