using System.Diagnostics;

namespace VirtNet.Cli.Editing;

/// <summary>Runs <c>$VISUAL</c>, <c>$EDITOR</c> or <c>vi</c> on the terminal.</summary>
internal sealed class ProcessEditor(Func<string, string?> variable) : IEditor
{
    /// <summary>A variable that is empty says nothing, as for any other program.</summary>
    internal static string Command(Func<string, string?> variable) =>
        ((string[])["VISUAL", "EDITOR"]).Select(variable).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value)) ?? "vi";

    public async Task EditAsync(string path, CancellationToken cancellationToken)
    {
        string command = Command(variable);

        // The variable may hold arguments and quotes, so a shell reads it; the path is an argument of its own.
        ProcessStartInfo start = new("/bin/sh", ["-c", $"{command} \"$1\"", "sh", path]);
#pragma warning disable RS0030 // An editor needs the terminal itself; CliWrap always puts pipes in its place.
        using Process process = Process.Start(start)
            ?? throw new CommandFailure($"cannot start the editor '{command}'");
#pragma warning restore RS0030
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new CommandFailure(
                $"internal error: Child process ({command} {path}) unexpected exit status {process.ExitCode}");
        }
    }
}
