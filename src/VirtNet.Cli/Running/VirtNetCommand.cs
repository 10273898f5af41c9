using VirtNet.Cli.Commands;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Documentation;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;

namespace VirtNet.Cli.Running;

/// <summary>The whole program behind its arguments: reads them, runs what they say, returns the exit status.</summary>
internal sealed class VirtNetCommand(
    CliEnvironment environment, Terminal terminal, Func<GlobalOptions, IDaemonConnector> connectors)
{
    private readonly DocumentWriter _documents = new(terminal);

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            int status = await RunAsync(GlobalOptionParser.Read(arguments), cancellationToken);
            terminal.Flush();
            return status;
        }
        catch (ReaderGoneException)
        {
            return ReaderGoneException.ExitStatus;
        }
#pragma warning disable CA1031 // the last place where anything can be said about it
        catch (Exception e)
#pragma warning restore CA1031
        {
            FailureReport.WriteLast(terminal, e);
            return 1;
        }
    }

    private async Task<int> RunAsync(GlobalOptions options, CancellationToken cancellationToken)
    {
        CommandTable table = AllCommands.Table;
        terminal.Quiet = options.Quiet;
        IReadOnlyList<ParsedCommand> commands;
        ConnectionTarget target;
        try
        {
            if (options is { Mistake: null, Information: not InformationRequest.None })
            {
                PrintInformation(options, table);
                return 0;
            }

            commands = Parse(options, table);
            target = TargetOptions.Choose(options, environment.Variable("VIRTNET_DEFAULT_URI"));
        }
        catch (UsageException e)
        {
            FailureReport.Write(terminal, _documents, options.Format, e);
            return 1;
        }

        await using Session session = new(connectors(options), target);
        CommandContext context = new(environment, terminal, _documents, session, table) { InShell = options.Command.Count == 0 };
        CommandRunner runner = new(context, options);
        return context.InShell
            ? await new InteractiveShell(context, runner, options.Format).RunAsync(cancellationToken)
            : await runner.RunAsync(commands, cancellationToken);
    }

    /// <summary>All of the line is read, even behind a mistake: where its result is to go stands anywhere in it.</summary>
    /// <exception cref="UsageException">The first mistake.</exception>
    private static IReadOnlyList<ParsedCommand> Parse(GlobalOptions options, CommandTable table)
    {
        IReadOnlyList<ParsedCommand> commands = [];
        UsageException? mistake = null;
        try
        {
            commands = new CommandParser(table).Parse(options.Command switch
            {
                [var text] => CommandTokens.FromText(text), // one argument may hold several commands
                _ => CommandTokens.FromArguments(options.Command),
            });
        }
        catch (UsageException e)
        {
            mistake = e;
        }

        if (options.Mistake is { } earlier)
        {
            earlier.Format = mistake is null ? commands.Select(command => command.Format).FirstOrDefault() : mistake.Format;
            mistake = earlier;
        }

        return mistake is null ? commands : throw mistake;
    }

    private void PrintInformation(GlobalOptions options, CommandTable table)
    {
        bool isHelp = options.Information == InformationRequest.Help;
        if (options.Format != OutputFormat.Text)
        {
            if (isHelp)
            {
                _documents.WriteResult(options.Format, "help", Help.ToJson(table), CliJson.Default.JsonHelp, []);
            }
            else
            {
                JsonVersion version = new(ProgramVersion.Short, ProgramVersion.Api, Daemon: null, Virtnetd: null);
                _documents.WriteResult(options.Format, "version", version, CliJson.Default.JsonVersion, []);
            }

            return;
        }

        terminal.Print(options.Information switch
        {
            InformationRequest.Help => HelpText.ForProgram(table, terminal.TextWidth),
            InformationRequest.LongVersion => ProgramVersion.Long,
            _ => ProgramVersion.Short + "\n",
        });
    }
}
