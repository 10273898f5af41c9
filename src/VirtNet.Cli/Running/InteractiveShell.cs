using VirtNet.Cli.Completion;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Cli.Shell;

namespace VirtNet.Cli.Running;

/// <summary>Runs lines of commands from a terminal, or from whatever else standard input is.</summary>
/// <param name="format">Of results where a line does not say.</param>
internal sealed class InteractiveShell(CommandContext context, CommandRunner runner, OutputFormat format)
{
    /// <returns>The exit status of the last line.</returns>
    public Task<int> RunAsync(CancellationToken cancellationToken) =>
        context.Environment.Keyboard is { } keyboard
            ? RunOnTerminalAsync(keyboard, cancellationToken)
            : RunInputAsync(cancellationToken);

    private async Task<int> RunOnTerminalAsync(IKeyboard keyboard, CancellationToken cancellationToken)
    {
        Completer completer = new(context.Table, context.Session, context.Environment);
        LineHistory history = new(LineHistory.PathFor(context.Environment.Variable));
        LineEditor editor = new(
            keyboard, history, text => LineCompletion.FindAsync(completer, text, cancellationToken));
        if (!context.Terminal.Quiet)
        {
            keyboard.Write($"virtnet {ProgramVersion.Short}: 'help' lists the commands, 'quit' leaves.\r\n\r\n");
        }

        int status = 0;
        string prompt = context.Session.Target.ReadOnly ? "virtnet > " : "virtnet # ";
        while (!context.ExitRequested && await editor.ReadAsync(prompt) is { } line)
        {
            status = await RunLineAsync(line, cancellationToken);
        }

        history.Save();
        return status;
    }

    private async Task<int> RunInputAsync(CancellationToken cancellationToken)
    {
        int status = 0;
        using StreamReader input = new(context.Environment.Input, leaveOpen: true);
        while (!context.ExitRequested && await input.ReadLineAsync(cancellationToken) is { } line)
        {
            status = await RunLineAsync(line, cancellationToken);
        }

        return status;
    }

    private async Task<int> RunLineAsync(string line, CancellationToken cancellationToken)
    {
        int status;
        try
        {
            status = await runner.RunAsync(
                new CommandParser(context.Table).Parse(CommandTokens.FromText(line)), cancellationToken);
        }
        catch (UsageException e)
        {
            FailureReport.Write(context.Terminal, context.Documents, format, e);
            status = 1;
        }

        context.Terminal.Flush();
        return status;
    }
}
