using VirtNet.Cli.Commands;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;
using VirtNet.Cli.Shell;

namespace VirtNet.Cli;

/// <summary>The whole program behind its arguments: reads them, runs what they say, returns the exit status.</summary>
internal sealed class VirtNetCommand(
    CliEnvironment environment, Terminal terminal, Func<GlobalOptions, IDaemonConnector> connectors)
{
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        int status;
        try
        {
            status = await RunAsync(GlobalOptionParser.Parse(arguments), cancellationToken);
            terminal.Flush();
        }
        catch (UsageException e)
        {
            FailureReport.Write(terminal, WantsJson(arguments), e);
            status = 1;
            terminal.Flush();
        }
#pragma warning disable CA1031 // the last place where anything can be said about it
        catch (Exception e)
#pragma warning restore CA1031
        {
            FailureReport.WriteLast(terminal, e);
            status = 1;
        }

        return status;
    }

    /// <summary>Of a command line that could not be understood.</summary>
    private static bool WantsJson(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "-ojson" or "--output=json" || (arguments[i] is "json" && i > 0 && arguments[i - 1] is "-o" or "--output"))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<int> RunAsync(GlobalOptions options, CancellationToken cancellationToken)
    {
        CommandTable table = AllCommands.Table;
        if (options.Information != InformationRequest.None)
        {
            terminal.Print(options.Information switch
            {
                InformationRequest.Help => HelpText.ForProgram(table),
                InformationRequest.LongVersion => ProgramVersion.Long,
                _ => ProgramVersion.Short + "\n",
            });
            return 0;
        }

        terminal.Quiet = options.Quiet;
        ConnectionTarget target = ConnectionTarget.Choose(options, environment.Variable("VIRTNET_DEFAULT_URI"));
        await using Session session = new(connectors(options), target);
        CommandContext context = new(environment, terminal, session, table) { InShell = options.Command.Count == 0 };
        CommandRunner runner = new(context, options);
        if (context.InShell)
        {
            return await new InteractiveShell(context, runner).RunAsync(cancellationToken);
        }

        return await runner.RunAsync(
            new CommandParser(table).Parse(options.Command switch
            {
                [var text] => CommandTokens.FromText(text), // one argument may hold several commands
                _ => CommandTokens.FromArguments(options.Command),
            }),
            cancellationToken);
    }
}
