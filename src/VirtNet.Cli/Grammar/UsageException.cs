namespace VirtNet.Cli.Grammar;

/// <summary>The command line cannot be understood; nothing was run.</summary>
/// <param name="messages">One or more lines, each shown behind <c>error:</c>.</param>
internal sealed class UsageException(params IReadOnlyList<string> messages) : Exception(string.Join('\n', messages))
{
    public IReadOnlyList<string> Messages { get; } = messages;

    /// <summary>What may have been meant, for who reads along and in JSON.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];
}
