using System.Text;
using CliWrap;
using CliWrap.Buffered;
using VirtNet.Host;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>The host's commands, run inside a namespace.</summary>
internal sealed class NamespaceCommandRunner(NetworkNamespace space) : ICommandRunner
{
    /// <summary>All that ran, for assertions about what something costs.</summary>
    public List<HostCommand> Commands { get; } = [];

    public async Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        Commands.Add(command);
        BufferedCommandResult result = await Cli.Wrap("ip")
            .WithArguments(["netns", "exec", space.Name, command.Program, .. command.Arguments])
            .WithStandardInputPipe(PipeSource.FromString(command.Input ?? ""))
            .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Encoding.UTF8, cancellationToken);
        return result.ExitCode == 0
            ? result.StandardOutput
            : throw new HostCommandException(command, result.ExitCode, result.StandardError);
    }
}
