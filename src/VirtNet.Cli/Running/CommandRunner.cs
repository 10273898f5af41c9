using System.Globalization;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Running;

/// <summary>Runs commands one after the other and says what came of them, in virsh's form.</summary>
internal sealed class CommandRunner(CommandContext context, GlobalOptions options)
{
    private Terminal Terminal => context.Terminal;

    /// <returns>The exit status: that of the last command.</returns>
    public async Task<int> RunAsync(IReadOnlyList<ParsedCommand> commands, CancellationToken cancellationToken)
    {
        int status = 0;
        foreach (ParsedCommand command in commands)
        {
            context.CommandName = command.Definition.Name;
            context.Format = command.Format ?? options.Format;
            long start = context.Environment.Time.GetTimestamp();
            if (command.Definition.NeedsConnection && !await TryConnectAsync(command, cancellationToken))
            {
                return 1;
            }

            status = await RunAsync(command, cancellationToken);
            if (context.ExitRequested)
            {
                break;
            }

            End(context.Environment.Time.GetElapsedTime(start));
        }

        return status;
    }

    private async Task<bool> TryConnectAsync(ParsedCommand command, CancellationToken cancellationToken)
    {
        const string Failed = "failed to connect to the hypervisor";
        try
        {
            await context.Session.OpenAsync(command.Definition.OnlyReads(command), cancellationToken);
            return true;
        }
        catch (VirtNetException e)
        {
            FailureReport.Write(context, new CommandFailure(Failed, e) { Hints = ConnectionHints.For(context, e) });
        }
#pragma warning disable CA1031 // a socket fails in more ways than can be foreseen
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            FailureReport.Write(context, new CommandFailure($"{Failed}: {FailureReport.Explain(e)}"));
        }

        return false;
    }

    private async Task<int> RunAsync(ParsedCommand command, CancellationToken cancellationToken)
    {
        try
        {
            if (context.Format == OutputFormat.OpenMetrics && !command.Definition.WritesMetrics)
            {
                throw new CommandFailure($"command '{command.Definition.Name}' has no metrics: output format openmetrics is for net-stats");
            }

            await command.Definition.Run(context, command, cancellationToken);
            return 0;
        }
#pragma warning disable CA1031 // files, streams and limits fail in more ways than can be foreseen; a document tells of all of them
        catch (Exception e) when (e is not ReaderGoneException && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return FailureReport.Write(context, e);
        }
    }

    /// <summary>virsh ends every command with an empty line, or with the time it took.</summary>
    private void End(TimeSpan elapsed)
    {
        if (context.WritesDocuments)
        {
            return;
        }

        if (options.Timing)
        {
            Terminal.Print(string.Create(CultureInfo.InvariantCulture, $"\n(Time: {elapsed.TotalMilliseconds:F3} ms)\n\n"));
        }
        else
        {
            Terminal.PrintExtra("\n");
        }
    }
}
