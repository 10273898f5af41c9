using VirtNet.Cli.Output;

namespace VirtNet.Cli;

/// <summary>The command line cannot be understood; nothing was run.</summary>
/// <param name="messages">One or more lines, each shown behind <c>error:</c>.</param>
internal sealed class UsageException(params IReadOnlyList<string> messages) : Exception(string.Join('\n', messages))
{
    public IReadOnlyList<string> Messages { get; } = messages;

    /// <summary>What may have been meant, for who reads along and in documents.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];

    /// <summary>The command whose words are wrong, as far as there is one.</summary>
    public string CommandName { get; set; } = "";

    /// <summary>What the command line asks for, wherever in it; null = nothing.</summary>
    public OutputFormat? Format { get; set; }
}
