using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;

namespace VirtNet.Cli.Connections;

/// <summary>Programs of the host.</summary>
internal sealed class CliWrapPrograms : IPrograms
{
    public async Task<ProgramResult> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            BufferedCommandResult result = await CliWrap.Cli.Wrap(program)
                .WithArguments(arguments)
                .WithWorkingDirectory("/") // ours may have been removed, and nothing here is relative to it
                .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C.UTF-8"))
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(cancellationToken);
            return new ProgramResult(result.ExitCode, result.StandardOutput, result.StandardError);
        }
        catch (Win32Exception e)
        {
            return new ProgramResult(ProgramResult.NotFound, "", (e.InnerException as Win32Exception ?? e).Message);
        }
    }
}
