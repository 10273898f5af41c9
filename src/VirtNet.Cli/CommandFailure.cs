using VirtNet.Model;

namespace VirtNet.Cli;

/// <summary>A command could not do what it was told.</summary>
/// <param name="message">The command's own line.</param>
/// <param name="cause">What the server said; shown on the line below.</param>
internal sealed class CommandFailure(string message, VirtNetException? cause = null) : Exception(message, cause)
{
    public VirtNetException? Cause { get; } = cause;

    /// <summary>virsh says this, drops the server's message and exits with 0; scripts in JSON get the truth.</summary>
    public bool VirshCallsItSuccess { get; init; }

    /// <summary>What may help, each shown as a <c>hint:</c> line.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>Everything has been said: only the exit status is left.</summary>
    public bool IsReported { get; private init; }

    public static CommandFailure WithoutMessage() => new("") { IsReported = true };
}
