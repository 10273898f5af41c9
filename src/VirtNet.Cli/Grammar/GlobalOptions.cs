using VirtNet.Cli.Output;

namespace VirtNet.Cli.Grammar;

/// <summary>What stands before the command.</summary>
internal sealed record GlobalOptions
{
    /// <summary><c>-c</c>; null = the environment's, else the daemon's own socket.</summary>
    public string? Uri { get; init; }

    /// <summary><c>--socket</c>: the daemon's own protocol on this path.</summary>
    public string? Socket { get; init; }

    public bool ReadOnly { get; init; }

    public bool Quiet { get; init; }

    public bool Timing { get; init; }

    /// <summary>Never start a daemon.</summary>
    public bool NoAutostart { get; init; }

    /// <summary>Seconds between keepalive messages, 0 = none, -1 = the default.</summary>
    public int KeepaliveInterval { get; init; } = -1;

    /// <summary>How many may stay unanswered, -1 = the default.</summary>
    public int KeepaliveCount { get; init; } = -1;

    public OutputFormat Format { get; init; }

    /// <summary>Print something about the program instead of running a command.</summary>
    public InformationRequest Information { get; init; }

    /// <summary>The first option that cannot be understood; what follows it has been read all the same.</summary>
    public UsageException? Mistake { get; init; }

    /// <summary>The command and what follows it, as the shell cut it.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
}

internal enum InformationRequest
{
    None,
    Help,
    ShortVersion,
    LongVersion,
}
