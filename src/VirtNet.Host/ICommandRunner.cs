namespace VirtNet.Host;

/// <summary>The only way to start external programs.</summary>
public interface ICommandRunner
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="HostCommandException">It could not be started, or ended with another status than 0.</exception>
    Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken);
}

/// <summary>A program, its arguments (never a shell line) and what it reads on standard input.</summary>
public sealed record HostCommand(string Program, IReadOnlyList<string> Arguments, string? Input = null)
{
    public override string ToString() => $"{Program} {string.Join(' ', Arguments)}";
}

/// <summary>A program failed; carries all that is needed to say why.</summary>
public sealed class HostCommandException(HostCommand command, int exitCode, string error, Exception? innerException = null)
    : Exception($"'{command}' failed with status {exitCode}: {error.Trim()}", innerException)
{
    /// <summary>What <see cref="ExitCode"/> is when the program is not installed or may not be run.</summary>
    public const int NotStarted = -1;

    public HostCommand Command { get; } = command;

    public int ExitCode { get; } = exitCode;

    public string Error { get; } = error;
}
