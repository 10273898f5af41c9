namespace VirtNet.Cli.Connections;

/// <summary>Runs other programs, to their end.</summary>
internal interface IPrograms
{
    Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken);
}

/// <summary>How a program ended. One that could not be started at all has the shell's code for that, 127.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>The exit code of what could not be started.</summary>
    public const int NotFound = 127;
}
