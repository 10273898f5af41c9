using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using CliWrap;

namespace VirtNet.Host.Commands;

/// <summary>
/// Starts programs. They speak English, because callers tell errors apart by their text. One that does not end in time is ended,
/// with all that it started where that was asked for.
/// </summary>
/// <param name="runtimeDirectory">Where the daemon may write; null = nowhere in particular.</param>
public sealed class CliWrapCommandRunner(string? runtimeDirectory = null) : ICommandRunner
{
    /// <summary>A program that is to end is asked to, and killed when it has not after this time.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>How long one that was killed is waited for: what the kernel does not let go must not hold anybody up.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(1);

    /// <summary>How long the output of one that has ended is read on, where something that it started holds it open.</summary>
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    private readonly string? _xtablesLock = XtablesLock.Choose(runtimeDirectory);

    public async Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ProgramOutput output = new(command.OutputLimit);
        ProgramOutput error = new(command.OutputLimit);
        bool asGroup = command.WithDescendants && ProcessGroup.IsPossible;
        HostCommand started = asGroup ? ProcessGroup.Wrap(command) : command;
        Command process = Cli.Wrap(started.Program)
            .WithArguments(started.Arguments)
            .WithEnvironmentVariables(environment => environment.Set("LC_ALL", "C")
                .Set(XtablesLock.Variable, _xtablesLock ?? Environment.GetEnvironmentVariable(XtablesLock.Variable)))
            .WithStandardInputPipe(InputOf(command, output, error))
            .WithStandardOutputPipe(output.Target)
            .WithStandardErrorPipe(error.Target)
            .WithValidation(CommandResultValidation.None);
        using CancellationTokenSource limit = new(command.TimeLimit);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        CommandResult result;
        try
        {
            result = await RunAsync(process, asGroup, end.Token);
        }
        catch (Win32Exception e)
        {
            // what the kernel said, without the runtime's guesses
            string reason = Marshal.GetPInvokeErrorMessage((e.InnerException as Win32Exception ?? e).NativeErrorCode);
            throw new HostCommandException(command, HostCommandException.NotStarted, $"cannot start {command.Program}: {reason}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HostCommandException(
                command, HostCommandException.TimedOut, $"did not end within {command.TimeLimit.TotalSeconds:0.#} s and was killed", e);
        }

        return result.ExitCode == 0
            ? output.Text
            : throw new HostCommandException(command, result.ExitCode, error.Text);
    }

    /// <summary>What is cancelled there is the input of a program that has ended, which nothing else tells.</summary>
    private static PipeSource InputOf(HostCommand command, ProgramOutput output, ProgramOutput error) => PipeSource.Create(
        async (destination, ended) =>
        {
            if (command.WithDescendants)
            {
                ended.Register(() => _ = EndOutputAsync(output, error));
            }

            await destination.WriteAsync(Encoding.UTF8.GetBytes(command.Input ?? ""), ended);
        });

    private static async Task EndOutputAsync(ProgramOutput output, ProgramOutput error)
    {
        await Task.Delay(OutputGrace, TimeProvider.System);
        output.End();
        error.End();
    }

    private static async Task<CommandResult> RunAsync(Command process, bool asGroup, CancellationToken end)
    {
        using CancellationTokenSource forced = new();
        CommandTask<CommandResult> running = process.ExecuteAsync(forced.Token, asGroup ? default : end);
        Task<CommandResult> result = running.Task;
        try
        {
            return await result.WaitAsync(end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            await EndAsync(running, asGroup, forced);
            throw;
        }
    }

    private static async Task EndAsync(CommandTask<CommandResult> running, bool asGroup, CancellationTokenSource forced)
    {
        if (asGroup)
        {
            ProcessGroup.RequestEnd(running.ProcessId);
        }

        bool ended = await EndsAsync(running.Task, Grace);
        if (asGroup)
        {
            ProcessGroup.End(running.ProcessId); // also what the program left behind
        }

        if (!ended)
        {
            await forced.CancelAsync();
            await EndsAsync(running.Task, Afterwards);
        }
    }

    private static async Task<bool> EndsAsync(Task task, TimeSpan limit)
    {
        await task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
