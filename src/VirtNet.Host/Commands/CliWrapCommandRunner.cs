using System.ComponentModel;
using System.Text;
using CliWrap;

namespace VirtNet.Host.Commands;

/// <summary>
/// Starts programs. They speak English, because callers tell errors apart by their text, and do not speak to systemd in the
/// daemon's place.
/// </summary>
/// <param name="runtimeDirectory">Where the daemon may write; null = nowhere in particular.</param>
public sealed class CliWrapCommandRunner(string? runtimeDirectory = null) : ICommandRunner
{
    private readonly string? _xtablesLock = XtablesLock.Choose(runtimeDirectory);

    /// <summary>A program that is cancelled is asked to end, and killed when it has not after this time.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public async Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        StringBuilder output = new();
        StringBuilder error = new();
        Command process = Cli.Wrap(command.Program)
            .WithArguments(command.Arguments)
            .WithEnvironmentVariables(environment => environment.Set("LC_ALL", "C").Set("NOTIFY_SOCKET", null)
                .Set(XtablesLock.Variable, _xtablesLock ?? Environment.GetEnvironmentVariable(XtablesLock.Variable)))
            .WithStandardInputPipe(command.Input is { } input ? PipeSource.FromString(input) : PipeSource.Null)
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .WithValidation(CommandResultValidation.None);
        using CancellationTokenSource forced = new();
        using CancellationTokenRegistration grace = cancellationToken.Register(() => forced.CancelAfter(Grace));
        CommandResult result;
        try
        {
            result = await process.ExecuteAsync(forced.Token, cancellationToken);
        }
        catch (Win32Exception e)
        {
            throw new HostCommandException(command, HostCommandException.NotStarted, e.Message, e);
        }

        return result.ExitCode == 0
            ? output.ToString()
            : throw new HostCommandException(command, result.ExitCode, error.ToString());
    }
}
