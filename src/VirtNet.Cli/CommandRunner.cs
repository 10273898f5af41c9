using System.Globalization;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli;

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
            if (command.Definition.NeedsConnection && !await TryConnectAsync(cancellationToken))
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

    private async Task<bool> TryConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await context.Session.OpenAsync(cancellationToken);
            return true;
        }
        catch (VirtNetException e)
        {
            Report(new CommandFailure("failed to connect to the hypervisor", e)
            {
                Hints = Hints.ConnectionHints.For(context, e),
            });
            return false;
        }
#pragma warning disable CA1031 // a socket fails in more ways than can be foreseen
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Report(new CommandFailure($"failed to connect to the hypervisor: {FailureReport.Explain(e)}"));
            return false;
        }
    }

    private async Task<int> RunAsync(ParsedCommand command, CancellationToken cancellationToken)
    {
        try
        {
            await command.Definition.Run(context, command, cancellationToken);
            return 0;
        }
        catch (CommandFailure e)
        {
            Report(e);
            return e.VirshCallsItSuccess && !context.Json ? 0 : 1;
        }
        catch (VirtNetException e)
        {
            Report(e.Message, e, []);
            return 1;
        }
#pragma warning disable CA1031 // files, streams and limits fail in more ways than can be foreseen; a document tells of all of them
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Report(FailureReport.Explain(e), cause: null, []);
            return 1;
        }
    }

    private void Report(CommandFailure failure)
    {
        if (failure.IsReported)
        {
            return;
        }

        Report(failure.Message, failure.Cause, failure.Hints, showCause: !failure.VirshCallsItSuccess);
    }

    private void Report(string message, VirtNetException? cause, IReadOnlyList<string> hints, bool showCause = true) =>
        FailureReport.Write(Terminal, context.Json ? context.CommandName : null, message, cause, hints, showCause);

    /// <summary>virsh ends every command with an empty line, or with the time it took.</summary>
    private void End(TimeSpan elapsed)
    {
        if (context.Json)
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
