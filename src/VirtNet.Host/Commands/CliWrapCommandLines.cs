using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using CliWrap;

namespace VirtNet.Host.Commands;

/// <summary>Starts programs that run as long as someone listens to them.</summary>
public sealed class CliWrapCommandLines : ICommandLines
{
    public async IAsyncEnumerable<string> RunAsync(
        HostCommand command, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<string> lines = Channel.CreateUnbounded<string>();
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task running = ExecuteAsync(command, lines.Writer, ended.Token);
        try
        {
            await foreach (string line in lines.Reader.ReadAllAsync(cancellationToken))
            {
                yield return line;
            }
        }
        finally
        {
            await ended.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // told through the channel
        }
    }

    private static async Task ExecuteAsync(HostCommand command, ChannelWriter<string> lines, CancellationToken cancellationToken)
    {
        StringBuilder error = new();
        try
        {
            CommandResult result = await Cli.Wrap(command.Program)
                .WithArguments(command.Arguments)
                .WithEnvironmentVariables(environment => environment.Set("LC_ALL", "C"))
                .WithStandardInputPipe(PipeSource.Null)
                .WithStandardOutputPipe(PipeTarget.ToDelegate(line => lines.TryWrite(line)))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(cancellationToken);
            lines.Complete(result.ExitCode == 0 ? null : new HostCommandException(command, result.ExitCode, error.ToString()));
        }
        catch (Win32Exception e)
        {
            lines.Complete(new HostCommandException(command, HostCommandException.NotStarted, e.Message, e));
        }
        catch (OperationCanceledException e)
        {
            lines.Complete(e);
        }
    }
}
