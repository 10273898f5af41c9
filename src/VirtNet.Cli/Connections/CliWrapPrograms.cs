using System.ComponentModel;
using System.Runtime.InteropServices;
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
            // In a folder that is there: ours may have been removed, and nothing here is relative to it.
            BufferedCommandResult result = await new Command(
                    program, "", "/", ResourcePolicy.Default, Credentials.Default, new Dictionary<string, string?>(),
                    CommandResultValidation.None, PipeSource.Null, PipeTarget.Null, PipeTarget.Null)
                .WithArguments(arguments)
                .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C.UTF-8"))
                .ExecuteBufferedAsync(cancellationToken);
            return new ProgramResult(result.ExitCode, result.StandardOutput, result.StandardError);
        }
        catch (Win32Exception e)
        {
            return new ProgramResult(
                ProgramResult.NotFound,
                "",
                Marshal.GetPInvokeErrorMessage((e.InnerException as Win32Exception ?? e).NativeErrorCode));
        }
    }
}
