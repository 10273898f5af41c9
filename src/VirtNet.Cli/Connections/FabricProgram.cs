using System.Diagnostics;

namespace VirtNet.Cli.Connections;

/// <summary>The fabric's program, on the terminal of this one.</summary>
/// <param name="programFolder">Where this program is: the one beside it is the one that fits.</param>
/// <param name="installed">Where its package puts it.</param>
internal sealed class FabricProgram(string programFolder, string installed = "/usr/libexec")
{
    private const string Program = "virtnet-fabricd";

    /// <returns>Its exit status; null where it is not installed.</returns>
    public async Task<int?> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (Find() is not { } path)
        {
            return null;
        }

#pragma warning disable RS0030 // Its verbs ask and answer on the terminal itself; CliWrap always puts pipes in its place.
        using Process process = Process.Start(new ProcessStartInfo(path, arguments))!;
#pragma warning restore RS0030
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    /// <returns>What it prints; null where it is not installed, or fails.</returns>
    public async Task<string?> AnswerAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Find() is { } path && await new CliWrapPrograms().RunAsync(path, arguments, cancellationToken) is { ExitCode: 0 } result
            ? result.Output
            : null;

    private string? Find() =>
        new[] { programFolder, installed }.Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);
}
