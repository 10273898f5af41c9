namespace VirtNet.Host;

/// <summary>The only way to start external programs.</summary>
public interface ICommandRunner
{
    /// <summary>Runs a program to its end, or ends it when its time is over or the caller gives up.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="HostCommandException">It could not be started, ended with another status than 0, or not in time.</exception>
    Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken);
}

/// <summary>A program, its arguments (never a shell line) and what it reads on standard input.</summary>
public sealed record HostCommand(string Program, IReadOnlyList<string> Arguments, string? Input = null)
{
    /// <summary>No program that virtnet runs has any business for longer; some wait for locks that others hold.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether what the program started ends with it when it is ended: a script is more than its shell. What it leaves behind when it
    /// ends by itself runs on, and nobody waits for it.
    /// </summary>
    public bool WithDescendants { get; init; }

    /// <summary>Of each of its outputs so many bytes are kept, the last ones; 0 = all.</summary>
    public int OutputLimit { get; init; }

    public override string ToString() => $"{Program} {string.Join(' ', Arguments)}";
}

/// <summary>A program failed; carries all that is needed to say why.</summary>
public sealed class HostCommandException(HostCommand command, int exitCode, string error, Exception? innerException = null)
    : Exception($"'{command}' failed with status {exitCode}: {error.Trim()}", innerException)
{
    /// <summary>What <see cref="ExitCode"/> is when the program is not installed or may not be run.</summary>
    public const int NotStarted = -1;

    /// <summary>What <see cref="ExitCode"/> is when the program did not end in time and was killed.</summary>
    public const int TimedOut = -2;

    public HostCommand Command { get; } = command;

    public int ExitCode { get; } = exitCode;

    public string Error { get; } = error;
}
