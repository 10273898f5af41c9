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
        if (Find(program) is not { } path)
        {
            return new ProgramResult(ProgramResult.NotFound, "", "No such file or directory");
        }

        try
        {
            // In a folder that is there: ours may have been removed, and nothing here is relative to it.
            BufferedCommandResult result = await new Command(
                    path, "", "/", ResourcePolicy.Default, Credentials.Default, new Dictionary<string, string?>(),
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

    /// <summary>Its place by the PATH. The runtime would look into the current folder first, which may have been removed.</summary>
    private static string? Find(string program) => program.Contains('/')
        ? program
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(folder => folder.StartsWith('/'))
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
